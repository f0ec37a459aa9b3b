import { expect, test } from '@jest/globals'
import { Request, throttler } from '../testing/throttled-requests.ts'
import type { PodTracker } from './pod-tracker.ts'
import type { RevisionThrottler } from './revision-throttler.ts'

/** So many ready pods behind the cluster IP. */
const behindService = (podCount: number) => ({
  clusterIP: '10.1.0.1:80',
  pods: new Set(Array.from({ length: podCount }, (_, pod) => `10.0.0.${pod}:8012`)),
})

/** How many requests get a slot at once. */
function slots(revision: RevisionThrottler): number {
  const taken: PodTracker[] = []
  for (let pod = revision.reserve(); pod; pod = revision.reserve()) taken.push(pod)
  for (const pod of taken) revision.release(pod)
  return taken.length
}

test('an activator takes its share of all ready pods’ slots', () => {
  const revision = throttler(3)
  revision.updateActivators(0, 2)
  revision.updateBackends(behindService(3))
  const requests = [1, 2, 3, 4, 5].map(() => new Request(revision))
  expect(requests.filter((request) => request.dest === '10.1.0.1:80')).toHaveLength(4)
})

test('its share follows the number of activators', () => {
  const revision = throttler(4)
  revision.updateBackends(behindService(3))
  const shares = [3, 2, 1, 5, 20].map((activators) => {
    revision.updateActivators(0, activators)
    return slots(revision)
  })
  expect(shares).toEqual([4, 6, 12, 2, 1])
})

test('its share follows the number of pods', () => {
  const revision = throttler(4)
  revision.updateActivators(0, 3)
  const shares = [3, 5, 2, 0, 1].map((podCount) => {
    revision.updateBackends(behindService(podCount))
    return slots(revision)
  })
  expect(shares).toEqual([4, 6, 2, 0, 1])
})

test('a larger share goes to who waits; of a smaller one, slots that are too many are not passed on', () => {
  const revision = throttler(2)
  revision.updateActivators(0, 2)
  revision.updateBackends(behindService(2))
  const requests = Array.from({ length: 9 }, () => new Request(revision))
  expect([revision.active, revision.waiting]).toEqual([2, 7])
  revision.updateActivators(0, 1)
  expect([revision.active, revision.waiting]).toEqual([4, 5])
  revision.updateBackends(behindService(3))
  expect([revision.active, revision.waiting]).toEqual([6, 3])
  revision.updateActivators(0, 3)
  for (const request of requests.slice(0, 4)) revision.release(request.pod!)
  expect([revision.active, revision.waiting]).toEqual([2, 3])
  revision.release(requests[4]!.pod!)
  expect([revision.active, revision.waiting]).toEqual([2, 2])
})

test('there is no limit when the revision has none', () => {
  const revision = throttler(0)
  revision.updateBackends(behindService(1))
  expect([1, 2, 3].map(() => new Request(revision).dest)).toEqual(Array(3).fill('10.1.0.1:80'))
})

test('requests wait while no pod is ready', () => {
  const revision = throttler(3)
  revision.updateBackends(behindService(0))
  const request = new Request(revision)
  expect(request.dest).toBeUndefined()
  revision.updateBackends(behindService(1))
  expect(request.dest).toBe('10.1.0.1:80')
})
