import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { RecordingLogger } from '@knative-ts/observability/testing'
import type { Stat } from '@knative-ts/stats'
import type { StatAverages } from '@knative-ts/stats/windows'
import { autoscalerConfig, podAutoscaler, revisionKey } from '../testing/objects.ts'
import { deciderSpec } from './decider-spec.ts'
import { Deciders } from './deciders.ts'

const stat = (averageConcurrentRequests: number): Stat => ({
  podName: 'activator-1',
  averageConcurrentRequests,
  averageProxiedConcurrentRequests: 0,
  requestCount: 1,
  proxiedRequestCount: 0,
  processUptime: 0,
  timestamp: 0,
})

function setUp(load: StatAverages | undefined, readyPods = 0) {
  const clock = new ManualClock()
  const logger = new RecordingLogger()
  const world = { load, readyPods, changes: 0, clock, logger }
  const deciders = new Deciders({
    clock,
    logger,
    averages: () => world.load,
    readyPods: () => world.readyPods,
    onChange: () => world.changes++,
  })
  const spec = deciderSpec(podAutoscaler(), autoscalerConfig())
  return Object.assign(world, { deciders, spec, status: () => deciders.ensure(revisionKey, spec) })
}

describe('deciders', () => {
  test('decide every 2 s', async () => {
    const world = setUp({ stable: 10, panic: 10 }, 1)
    expect(world.status()).toEqual({ desired: -1, excessBurstCapacity: -111 })
    await world.clock.advance(1999)
    expect(world.status().desired).toBe(-1)
    await world.clock.advance(1)
    expect(world.status()).toEqual({ desired: 1, excessBurstCapacity: -121 })
    expect(world.changes).toBe(1)
    await world.clock.advance(20_000)
    expect(world.changes).toBe(1)
  })

  test('decide nothing without data', async () => {
    const world = setUp(undefined)
    world.status()
    await world.clock.advance(10_000)
    expect(world.status().desired).toBe(-1)
  })

  test('decide at once when load comes to a revision at zero', async () => {
    const world = setUp({ stable: 0, panic: 0 })
    world.status()
    await world.clock.advance(2000)
    expect(world.status().desired).toBe(0)
    world.load = { stable: 1, panic: 1 }
    world.deciders.poke(revisionKey, stat(0))
    expect(world.status().desired).toBe(0)
    world.deciders.poke(revisionKey, stat(1))
    expect(world.status().desired).toBe(1)
    world.load = { stable: 1000, panic: 1000 }
    world.deciders.poke(revisionKey, stat(1000))
    expect(world.status().desired).toBe(1)
  })

  test('decide at once after a restart too, if there are no pods to lose', () => {
    const world = setUp({ stable: 1, panic: 1 })
    world.status()
    world.deciders.poke(revisionKey, stat(1))
    expect(world.status().desired).toBe(1)
    const running = setUp({ stable: 1, panic: 1 }, 3)
    running.status()
    running.deciders.poke(revisionKey, stat(1))
    expect(running.status().desired).toBe(-1)
  })

  test('know nothing of a revision that is gone', async () => {
    const world = setUp({ stable: 10, panic: 10 }, 1)
    world.status()
    world.deciders.delete(revisionKey)
    world.deciders.poke(revisionKey, stat(1))
    expect(world.clock.pendingTimers).toBe(0)
    expect(world.changes).toBe(0)
  })

  test('say when panic begins and ends', async () => {
    const world = setUp({ stable: 300, panic: 300 }, 1)
    world.status()
    await world.clock.advance(2000)
    world.load = { stable: 1, panic: 1 }
    await world.clock.advance(62_000)
    expect(world.logger.lines.map(({ message }) => message)).toEqual(['PANICKING.', 'Un-panicking.'])
  })
})
