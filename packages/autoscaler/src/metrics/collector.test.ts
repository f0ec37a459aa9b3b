import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import type { Stat } from '@knative-ts/stats'
import { revisionKey as key } from '../testing/objects.ts'
import { type CollectionSpec, Collector } from './collector.ts'

const nowMs = 1_000_000_000

const stat = (concurrency: number, proxied = 0): Stat => ({
  podName: 'service-scraper',
  averageConcurrentRequests: concurrency,
  averageProxiedConcurrentRequests: proxied,
  requestCount: concurrency,
  proxiedRequestCount: proxied,
  processUptime: 0,
  timestamp: 0,
})

function setUp(scrape?: () => Promise<Stat | undefined>) {
  const clock = new ManualClock(nowMs)
  const errors: string[] = []
  const collector = new Collector({ clock, onErrorChange: (changed) => errors.push(changed) })
  const spec: CollectionSpec = {
    stableWindowMs: 60_000,
    panicWindowMs: 6000,
    algorithm: 'linear',
    scraper: scrape && { scrape },
  }
  return { clock, errors, collector, spec }
}

describe('the collector', () => {
  test('scrapes every second, first after one, and leaves out what came through the activator', async () => {
    const world = setUp(async () => stat(5, 3))
    world.collector.createOrUpdate(key, world.spec)
    await world.clock.advance(999)
    expect(world.collector.averages(key, 'concurrency')).toBeUndefined()
    await world.clock.advance(1001)
    expect(world.collector.averages(key, 'concurrency')).toEqual({ stable: 2, panic: 2 })
    expect(world.collector.averages(key, 'rps')).toEqual({ stable: 2, panic: 2 })
  })

  test('adds up the reports of one second', () => {
    const world = setUp(async () => undefined)
    world.collector.createOrUpdate(key, world.spec)
    const second = nowMs / 1000
    world.collector.record(key, second, stat(3))
    world.collector.record(key, second, stat(2))
    world.collector.record(key, second, stat(5, 5))
    expect(world.collector.averages(key, 'concurrency')).toEqual({ stable: 5, panic: 5 })
  })

  test('skips ticks while a scrape is slow', async () => {
    let running = 0
    let most = 0
    const release = Promise.withResolvers<void>()
    const world = setUp(async () => {
      most = Math.max(most, ++running)
      await release.promise
      return stat(1)
    })
    world.collector.createOrUpdate(key, world.spec)
    await world.clock.advance(5000)
    expect(most).toBe(1)
    release.resolve()
    await world.clock.advance(0)
    expect(world.collector.averages(key, 'concurrency')?.stable).toBe(1)
  })

  test('tells of a failing scrape once, and when it works again', async () => {
    let error: Error | undefined = new Error('pods exhausted')
    const world = setUp(async () => {
      if (error) throw error
      return stat(1)
    })
    world.collector.createOrUpdate(key, world.spec)
    await world.clock.advance(3000)
    expect(world.errors).toEqual([key])
    expect(world.collector.createOrUpdate(key, world.spec)?.message).toBe('pods exhausted')
    error = undefined
    await world.clock.advance(3000)
    expect(world.errors).toEqual([key, key])
    expect(world.collector.createOrUpdate(key, world.spec)).toBeUndefined()
  })

  test('knows no load of a revision that nobody scrapes while nothing is reported: it is 0', () => {
    const world = setUp()
    world.collector.createOrUpdate(key, world.spec)
    expect(world.collector.averages(key, 'concurrency')).toEqual({ stable: 0, panic: 0 })
  })

  test('knows nothing of a revision without a Metric', () => {
    const world = setUp()
    world.collector.record(key, nowMs / 1000, stat(1))
    expect(world.collector.averages(key, 'concurrency')).toBeUndefined()
  })

  test('follows a changed window', async () => {
    const world = setUp(async () => stat(4))
    world.collector.createOrUpdate(key, world.spec)
    await world.clock.advance(10_000)
    world.collector.createOrUpdate(key, { ...world.spec, stableWindowMs: 10_000, panicWindowMs: 1000 })
    await world.clock.advance(1000)
    expect(world.collector.averages(key, 'concurrency')).toEqual({ stable: 4, panic: 4 })
  })

  test('stops with its Metric', async () => {
    const world = setUp(async () => stat(4))
    world.collector.createOrUpdate(key, world.spec)
    world.collector.delete(key)
    expect(world.clock.pendingTimers).toBe(0)
    expect(world.collector.averages(key, 'concurrency')).toBeUndefined()
  })
})
