import { expect, test } from '@jest/globals'
import { assignSlice } from '../throttle/assign-pods.ts'
import { limitsOfWorker, placeOfWorker, readWorkerCount, reporterName, soleWorker } from './worker-share.ts'

test.each<[string | undefined, number]>([
  [undefined, 1],
  ['', 1],
  ['1', 1],
  ['4', 4],
])('ACTIVATOR_WORKERS=%s is %d', (text, count) => {
  expect(readWorkerCount({ ACTIVATOR_WORKERS: text })).toBe(count)
})

test.each(['0', '-1', '65', 'two', '1.5'])('ACTIVATOR_WORKERS=%s is refused', (text) => {
  expect(() => readWorkerCount({ ACTIVATOR_WORKERS: text })).toThrow(
    `environment variable ACTIVATOR_WORKERS is "${text}", not a whole number from 1 to 64`,
  )
})

test('a process by itself has the place of its activator', () => {
  expect(placeOfWorker({ self: 1, activators: 3 }, soleWorker)).toEqual({ self: 1, activators: 3 })
})

test('workers of all activators share the pods without overlap', () => {
  const pods = Array.from({ length: 11 }, (_, i) => `10.0.0.${i}:8012`)
  const slices = [0, 1].flatMap((self) =>
    [0, 1].map((index) => {
      const place = placeOfWorker({ self, activators: 2 }, { index, count: 2 })
      return assignSlice(pods, place.self, place.activators)
    }),
  )
  expect(slices.flat().toSorted()).toEqual(pods.toSorted())
  expect(slices.map(({ length }) => length)).toEqual([3, 3, 3, 2])
})

test('workers together hold no more than one process', () => {
  const limits = { maxRequests: 100, maxBytes: 1001, maxRequestsPerRevision: 3, maxBytesPerRevision: 1 }
  expect(limitsOfWorker(limits, soleWorker)).toBe(limits)
  expect(limitsOfWorker(limits, { index: 1, count: 4 })).toEqual({
    maxRequests: 25,
    maxBytes: 250,
    maxRequestsPerRevision: 1,
    maxBytesPerRevision: 1,
  })
})

test('each reports under a name of its own', () => {
  expect([0, 1, 2].map((index) => reporterName('activator-x', { index, count: 3 }))).toEqual([
    'activator-x',
    'activator-x-w1',
    'activator-x-w2',
  ])
})
