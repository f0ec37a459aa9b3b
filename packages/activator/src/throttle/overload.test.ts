import { expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import type { PodTracker } from './pod-tracker.ts'
import { QueueBudget } from './queue-budget.ts'
import { RevisionThrottler } from './revision-throttler.ts'
import type { Place } from './wait-queue.ts'

interface Run {
  readonly ratePerSecond: number
  readonly minutes: number
}

/** One pod that takes one request at a time, 250 ms each; clients give up after a second. */
const serviceMs = 250
const clientTimeoutMs = 1000

/** Counts the requests that were answered while their client still waited, and the most that waited at once. */
async function run({ ratePerSecond, minutes }: Run): Promise<{ inTime: number; most: number; left: number }> {
  const clock = new ManualClock()
  const budget = new QueueBudget(() => ({
    maxRequests: 20_000,
    maxBytes: 1e8,
    maxRequestsPerRevision: 10_000,
    maxBytesPerRevision: 1e8,
  }))
  const throttler = new RevisionThrottler({ containerConcurrency: 1, random: Math.random, clock, budget })
  throttler.updateBackends({ clusterIP: undefined, pods: new Set(['10.0.0.1:8012']) })
  let inTime = 0
  let most = 0
  const tickMs = 20
  const perTick = (ratePerSecond * tickMs) / 1000
  let due = 0
  const arrive = (): Place | undefined => {
    const arrivedMs = clock.monotonic()
    const granted = (pod: PodTracker) => {
      clock.after(serviceMs, () => {
        if (clock.monotonic() - arrivedMs <= clientTimeoutMs) inTime++
        throttler.release(pod)
      })
    }
    const pod = throttler.reserve()
    if (!pod) return throttler.wait({ granted, refused: () => {} }, 500)
    granted(pod)
    return undefined
  }
  for (let tick = 0; tick < (minutes * 60_000) / tickMs; tick++) {
    const waiting: (Place | undefined)[] = []
    for (due += perTick; due >= 1; due--) waiting.push(arrive())
    most = Math.max(most, throttler.waiting)
    clock.after(clientTimeoutMs, () => {
      for (const place of waiting) if (place) throttler.leave(place)
    })
    await clock.advance(tickMs)
  }
  await clock.advance(clientTimeoutMs + serviceMs)
  return { inTime, most, left: budget.requests + budget.bytes }
}

test.each<Run>([
  { ratePerSecond: 200, minutes: 10 },
  { ratePerSecond: 5, minutes: 2 },
])(
  'of 4 a second that a revision can serve, 95 %% are answered in time, offered %j',
  async (offered) => {
    const { inTime, most, left } = await run(offered)
    expect(inTime).toBeGreaterThanOrEqual(0.95 * 4 * 60 * offered.minutes)
    expect(most).toBeLessThanOrEqual(offered.ratePerSecond * (clientTimeoutMs / 1000))
    expect(left).toBe(0)
  },
  60_000,
)
