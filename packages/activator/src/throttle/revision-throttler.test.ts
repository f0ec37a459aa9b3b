import { describe, expect, test } from '@jest/globals'
import { noBackends } from '../backends/backends.ts'
import type { PodTracker } from './pod-tracker.ts'
import { RevisionThrottler } from './revision-throttler.ts'
import type { Place } from './wait-queue.ts'

const throttler = (containerConcurrency: number) =>
  new RevisionThrottler({ containerConcurrency, random: Math.random })

const pods = (...dests: string[]) => ({ clusterIP: undefined, pods: new Set(dests) })

/** A request as the pipeline would treat it. */
class Request {
  pod: PodTracker | undefined
  refused = false
  readonly place: Place | undefined

  constructor(of: RevisionThrottler) {
    this.pod = of.reserve()
    if (!this.pod) {
      this.place = of.wait({
        granted: (pod) => {
          this.pod = pod
        },
        refused: () => {
          this.refused = true
        },
      })
    }
  }

  get dest(): string | undefined {
    return this.pod?.dest
  }
}

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

describe('through the cluster IP', () => {
  test('takes its share of all ready pods’ slots', () => {
    const revision = throttler(3)
    revision.updateActivators(0, 2)
    revision.updateBackends({ clusterIP: '10.1.0.1:80', pods: new Set(['a:1', 'b:1', 'c:1']) })
    const requests = [1, 2, 3, 4, 5].map(() => new Request(revision))
    expect(requests.filter((request) => request.dest === '10.1.0.1:80')).toHaveLength(4)
  })

  test('has no limit when the revision has none', () => {
    const revision = throttler(0)
    revision.updateBackends({ clusterIP: '10.1.0.1:80', pods: new Set(['a:1']) })
    expect([1, 2, 3].map(() => new Request(revision).dest)).toEqual(Array(3).fill('10.1.0.1:80'))
  })

  test('waits while no pod is ready', () => {
    const revision = throttler(3)
    revision.updateBackends({ clusterIP: '10.1.0.1:80', pods: new Set() })
    const request = new Request(revision)
    expect(request.dest).toBeUndefined()
    revision.updateBackends({ clusterIP: '10.1.0.1:80', pods: new Set(['a:1']) })
    expect(request.dest).toBe('10.1.0.1:80')
  })
})

test('a deleted revision refuses who waits and who comes', () => {
  const revision = throttler(1)
  const waiting = new Request(revision)
  revision.close()
  expect(waiting.refused).toBe(true)
  expect(new Request(revision).refused).toBe(true)
})
