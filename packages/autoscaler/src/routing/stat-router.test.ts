import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { RecordingLogger } from '@knative-ts/observability/testing'
import type { Stat } from '@knative-ts/stats'
import type { BucketOwner } from './bucket-owners.ts'
import { StatRouter } from './stat-router.ts'

const nowMs = 1_000_000_500

const stat = (timestamp: number): Stat => ({
  podName: 'activator-1',
  averageConcurrentRequests: 1,
  averageProxiedConcurrentRequests: 0,
  requestCount: 1,
  proxiedRequestCount: 0,
  processUptime: 0,
  timestamp,
})

function setUp(owner: BucketOwner) {
  const world = {
    owner,
    accepted: [] as string[],
    forwarded: [] as string[],
    forwardFails: false,
    clock: new ManualClock(nowMs),
    logger: new RecordingLogger(),
  }
  const router = new StatRouter({
    clock: world.clock,
    logger: world.logger,
    ownerOf: () => world.owner,
    accept: (key, timeSeconds, { timestamp }) => world.accepted.push(`${key} ${timeSeconds} ${timestamp}`),
    forward: async ({ ip }, namespace, revision, { timestamp }) => {
      if (world.forwardFails) throw new Error('unreachable')
      world.forwarded.push(`${ip} ${namespace}/${revision} ${timestamp}`)
    },
  })
  return Object.assign(world, { router })
}

const peer: BucketOwner = { kind: 'peer', bucket: 'autoscaler-bucket-00-of-01', ip: '10.0.0.2' }

describe('the router', () => {
  test('keeps what is ours, with the present second if it has none', () => {
    const world = setUp({ kind: 'self' })
    world.router.route('default', 'a', stat(0))
    world.router.route('default', 'b', stat(7))
    expect(world.accepted).toEqual(['default/a 1000000 1000000', 'default/b 7 7'])
  })

  test('forwards what is not', async () => {
    const world = setUp(peer)
    world.router.route('default', 'a', stat(0))
    await world.clock.settle()
    expect(world.forwarded).toEqual(['10.0.0.2 default/a 1000000'])
  })

  test('tries again every 500 ms, in the original second', async () => {
    const world = setUp({ kind: 'unknown' })
    world.router.route('default', 'a', stat(0))
    await world.clock.advance(2000)
    world.owner = peer
    world.forwardFails = true
    await world.clock.advance(500)
    world.forwardFails = false
    await world.clock.advance(500)
    expect(world.forwarded).toEqual(['10.0.0.2 default/a 1000000'])
    world.owner = { kind: 'self' }
    expect(world.clock.pendingTimers).toBe(0)
  })

  test('gives up after 30 tries', async () => {
    const world = setUp({ kind: 'unknown' })
    world.router.route('default', 'a', stat(0))
    await world.clock.advance(15_500)
    expect(world.logger.lines).toEqual([
      {
        level: 'warn',
        message: 'Exceeding max retries. Dropping the stat.',
        fields: { 'knative.dev/key': 'default/a' },
      },
    ])
    expect(world.clock.pendingTimers).toBe(0)
  })

  test('lets no more than 1000 stats wait', () => {
    const world = setUp({ kind: 'unknown' })
    for (let i = 0; i < 1001; i++) world.router.route('default', `r${i}`, stat(1))
    expect(world.clock.pendingTimers).toBe(1000)
    world.router.close()
    expect(world.clock.pendingTimers).toBe(0)
  })
})
