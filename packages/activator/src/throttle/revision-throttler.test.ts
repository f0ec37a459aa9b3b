import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { noBackends } from '../backends/backends.ts'
import { pods, Request, roomy, throttler } from '../testing/throttled-requests.ts'
import { QueueBudget, type QueueLimits } from './queue-budget.ts'
import type { RevisionThrottler } from './revision-throttler.ts'
import type { Refusal } from './wait-queue.ts'

describe('without a concurrency limit', () => {
  test('requests wait until the first pod appears, then all go', () => {
    const revision = throttler(0)
    const requests = [new Request(revision), new Request(revision)]
    expect(requests.map((request) => request.dest)).toEqual([undefined, undefined])
    expect(revision.waiting).toBe(2)
    revision.updateBackends(pods('10.0.0.1:8012'))
    expect(requests.map((request) => request.dest)).toEqual(['10.0.0.1:8012', '10.0.0.1:8012'])
    expect(revision.waiting).toBe(0)
  })

  test('closes again when the last pod goes, and a request then waits instead of failing', () => {
    const revision = throttler(0)
    revision.updateBackends(pods('10.0.0.1:8012'))
    expect(new Request(revision).dest).toBe('10.0.0.1:8012')
    revision.updateBackends(noBackends)
    const late = new Request(revision)
    expect(late.dest).toBeUndefined()
    revision.updateBackends(pods('10.0.0.2:8012'))
    expect(late.dest).toBe('10.0.0.2:8012')
  })

  test('uses all pods, whatever the number of activators', () => {
    const revision = throttler(0)
    revision.updateActivators(1, 2)
    revision.updateBackends(pods('a:1', 'b:1', 'c:1'))
    expect(revision.assignedPods.map((pod) => pod.dest)).toEqual(['a:1', 'b:1', 'c:1'])
  })
})

describe('with a concurrency limit', () => {
  test('fills pods in address order and makes the rest wait for a slot', () => {
    const revision = throttler(1)
    revision.updateBackends(pods('b:1', 'a:1'))
    const requests = [1, 2, 3].map(() => new Request(revision))
    expect(requests.map((request) => request.dest)).toEqual(['a:1', 'b:1', undefined])
    revision.release(requests[1]!.pod!)
    expect(requests[2]!.dest).toBe('b:1')
  })

  test('first come, first served', () => {
    const revision = throttler(1)
    revision.updateBackends(pods('a:1'))
    const [first, second, third] = [1, 2, 3].map(() => new Request(revision))
    revision.release(first!.pod!)
    expect([second!.dest, third!.dest]).toEqual(['a:1', undefined])
  })

  test('a request that gave up is passed over', () => {
    const revision = throttler(1)
    revision.updateBackends(pods('a:1'))
    const [first, second, third] = [1, 2, 3].map(() => new Request(revision))
    expect(revision.leave(second!.place!)).toBe(true)
    expect(revision.waiting).toBe(1)
    revision.release(first!.pod!)
    expect([second!.dest, third!.dest]).toEqual([undefined, 'a:1'])
    expect(revision.leave(third!.place!)).toBe(false)
  })

  test('a pod that stays keeps its count over updates', () => {
    const revision = throttler(1)
    revision.updateBackends(pods('a:1'))
    new Request(revision)
    revision.updateBackends(pods('a:1', 'b:1'))
    expect(new Request(revision).dest).toBe('b:1')
    expect(new Request(revision).dest).toBeUndefined()
  })

  test('a pod that flaps is not given more than its limit', () => {
    const revision = throttler(1)
    revision.updateBackends(pods('a:1'))
    const first = new Request(revision)
    revision.updateBackends(noBackends)
    revision.updateBackends(pods('a:1'))
    const second = new Request(revision)
    expect(second.dest).toBeUndefined()
    revision.release(first.pod!)
    expect(second.dest).toBe('a:1')
  })

  test('a long request on a pod that is gone does not hold up its successor', () => {
    const revision = throttler(1)
    revision.updateBackends(pods('a:1'))
    const old = new Request(revision)
    revision.updateBackends(pods('b:1'))
    expect(new Request(revision).dest).toBe('b:1')
    revision.release(old.pod!)
    expect(new Request(revision).dest).toBeUndefined()
  })

  test('keeps to its share of the pods', () => {
    const revision = throttler(10)
    revision.updateBackends(pods('a:1', 'b:1', 'c:1'))
    revision.updateActivators(0, 2)
    expect(revision.assignedPods.map((pod) => pod.dest)).toEqual(['a:1', 'c:1'])
    revision.updateActivators(1, 2)
    expect(revision.assignedPods.map((pod) => pod.dest)).toEqual(['b:1'])
  })

  test('a new share takes requests that waited', () => {
    const revision = throttler(1)
    revision.updateActivators(1, 2)
    revision.updateBackends(pods('a:1', 'b:1'))
    const requests = [new Request(revision), new Request(revision)]
    expect(requests.map((request) => request.dest)).toEqual(['b:1', undefined])
    revision.updateActivators(0, 1)
    expect(requests[1]!.dest).toBe('a:1')
  })
})

test('a deleted revision refuses who waits and who comes', () => {
  const revision = throttler(1)
  const waiting = new Request(revision)
  revision.close()
  expect(waiting.refused).toBe('revision-gone')
  expect(new Request(revision).refused).toBe('revision-gone')
})

describe('when too much waits', () => {
  const limited = (limits: Partial<QueueLimits>) => new QueueBudget(() => ({ ...roomy, ...limits }))
  const refusals = (requests: readonly Request[]) => requests.map(({ refused }) => refused)

  test('a revision without pods refuses who comes last', () => {
    const revision = throttler(1, new ManualClock(), limited({ maxRequestsPerRevision: 2 }))
    const requests = [1, 2, 3].map(() => new Request(revision))
    expect(refusals(requests)).toEqual([undefined, undefined, 'queue-full'])
  })

  test('who leaves makes room', () => {
    const revision = throttler(1, new ManualClock(), limited({ maxRequestsPerRevision: 1 }))
    const first = new Request(revision)
    revision.leave(first.place!)
    expect(new Request(revision).refused).toBeUndefined()
  })

  test.each<[string, Partial<QueueLimits>, number[], (Refusal | undefined)[]]>([
    ['bytes of a revision', { maxBytesPerRevision: 10 }, [6, 5, 4], [undefined, 'queue-full', undefined]],
    ['bytes of all', { maxBytes: 10 }, [6, 5, 4], [undefined, 'queue-full', undefined]],
    ['requests of all', { maxRequests: 1 }, [1, 1], [undefined, 'queue-full']],
  ])('%s are bounded', (_, limits, sizes, expected) => {
    const revision = throttler(1, new ManualClock(), limited(limits))
    expect(refusals(sizes.map((bytes) => new Request(revision, bytes)))).toEqual(expected)
  })

  test('revisions share what all may hold', () => {
    const budget = limited({ maxRequests: 1 })
    new Request(throttler(1, new ManualClock(), budget))
    expect(new Request(throttler(1, new ManualClock(), budget)).refused).toBe('queue-full')
    expect(budget.requests).toBe(1)
  })

  test('limits may change while requests wait', () => {
    let maxRequests = 1
    const budget = new QueueBudget(() => ({ ...roomy, maxRequests }))
    const revision = throttler(1, new ManualClock(), budget)
    const requests = [new Request(revision), new Request(revision)]
    maxRequests = 2
    requests.push(new Request(revision), new Request(revision))
    expect(refusals(requests)).toEqual([undefined, 'queue-full', undefined, 'queue-full'])
  })

  test('under overload the oldest is refused for the newest, unless that alone is too much', async () => {
    const clock = new ManualClock()
    const budget = limited({ maxRequestsPerRevision: 2, maxBytesPerRevision: 10 })
    const revision = throttler(1, clock, budget)
    revision.updateBackends(pods('a:1'))
    new Request(revision)
    const requests = [new Request(revision), new Request(revision)]
    await clock.advance(251)
    requests.push(new Request(revision), new Request(revision, 11))
    expect(refusals(requests)).toEqual(['queue-full', undefined, undefined, 'queue-full'])
    expect([budget.requests, budget.bytes]).toEqual([2, 2])
  })

  test.each<[string, Partial<QueueLimits>, number]>([
    ['bytes', { maxBytes: 10 }, 5],
    ['requests', { maxRequests: 3 }, 1],
  ])('nobody gives way for who does not fit beside the %s of other revisions', async (_, limits, bytes) => {
    const clock = new ManualClock()
    const budget = limited(limits)
    const other = throttler(1, clock, budget)
    const others = [3, 3].map((size) => new Request(other, size))
    const revision = throttler(1, clock, budget)
    revision.updateBackends(pods('a:1'))
    new Request(revision)
    const waiting = limits.maxRequests ? [] : [new Request(revision, 2), new Request(revision, 2)]
    if (limits.maxRequests) others.push(new Request(other, 1))
    await clock.advance(251)
    expect(new Request(revision, bytes).refused).toBe('queue-full')
    expect(refusals([...others, ...waiting])).toEqual([...others, ...waiting].map(() => undefined))
  })
})

describe('order', () => {
  test('the newest first once somebody waited over 250 ms although there are pods', async () => {
    const clock = new ManualClock()
    const revision = throttler(1, clock)
    revision.updateBackends(pods('a:1'))
    const running = new Request(revision)
    const requests = [new Request(revision), new Request(revision)]
    await clock.advance(251)
    requests.push(new Request(revision))
    revision.release(running.pod!)
    expect(requests.map(({ dest }) => dest)).toEqual([undefined, undefined, 'a:1'])
  })

  test('first come, first served, however long there was no pod', async () => {
    const clock = new ManualClock()
    const revision = throttler(1, clock)
    const requests = [new Request(revision), new Request(revision)]
    await clock.advance(10_000)
    revision.updateBackends(pods('a:1'))
    expect(requests.map(({ dest }) => dest)).toEqual(['a:1', undefined])
  })
})

describe('pods of a revision from zero, without a concurrency limit', () => {
  const waitingOn = (revision: RevisionThrottler, count: number) =>
    Array.from({ length: count }, () => new Request(revision))
  const sent = (requests: readonly Request[]) => requests.filter(({ pod }) => pod).length

  test('the first gets 32 requests, and for each prompt answer two more', async () => {
    const clock = new ManualClock()
    const revision = throttler(0, clock)
    const requests = waitingOn(revision, 100)
    revision.updateBackends(pods('a:1'))
    expect(sent(requests)).toBe(32)
    revision.answered(requests[0]!.pod!, 20)
    revision.release(requests[0]!.pod!)
    expect(sent(requests)).toBe(34)
    revision.close()
    expect(clock.pendingTimers).toBe(0)
  })

  test('another is used at once', () => {
    const revision = throttler(0)
    const requests = waitingOn(revision, 100)
    revision.updateBackends(pods('a:1'))
    revision.updateBackends(pods('a:1', 'b:1'))
    expect(sent(requests)).toBe(64)
    revision.close()
  })

  test('a pod that says nothing gets more each second, and everything after a minute', async () => {
    const clock = new ManualClock()
    const revision = throttler(0, clock)
    const requests = waitingOn(revision, 3000)
    revision.updateBackends(pods('a:1'))
    await clock.advance(1000)
    expect(sent(requests)).toBe(64)
    await clock.advance(59_000)
    expect(sent(requests)).toBe(3000)
    expect(clock.pendingTimers).toBe(0)
  })

  test('with nobody waiting the limit is gone after 10 s', async () => {
    const clock = new ManualClock()
    const revision = throttler(0, clock)
    revision.updateBackends(pods('a:1'))
    await clock.advance(10_000)
    expect(sent(waitingOn(revision, 2000))).toBe(2000)
  })

  test('a pod that was away for a moment, and is busy, is not new', () => {
    const revision = throttler(0)
    revision.updateBackends(pods('a:1'))
    const busy = new Request(revision)
    revision.updateBackends(noBackends)
    const requests = waitingOn(revision, 100)
    revision.updateBackends(pods('a:1'))
    expect(sent(requests)).toBe(100)
    revision.release(busy.pod!)
  })
})
