import { expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { KeyedQueue } from './keyed-queue.ts'

test('runs a key once however often it was added, and again when added while it runs', async () => {
  const seen: string[] = []
  const queue: KeyedQueue = new KeyedQueue(
    new ManualClock(),
    async (key) => {
      seen.push(key)
      if (seen.length === 1) queue.add('a')
    },
    () => undefined,
  )
  for (const key of ['a', 'b', 'a']) queue.add(key)
  expect(seen).toEqual([])
  await queue.idle()
  expect(seen).toEqual(['a', 'b', 'a'])
})

test('tries a failed key again, later each time, and not after it is stopped', async () => {
  const clock = new ManualClock(0)
  const errors: string[] = []
  const times: number[] = []
  const queue = new KeyedQueue(
    clock,
    async () => {
      times.push(clock.now())
      throw new Error('no')
    },
    (key, error) => errors.push(`${key}: ${String(error)}`),
  )
  queue.add('a')
  await queue.idle()
  await clock.advance(100)
  await queue.idle()
  await clock.advance(200)
  await queue.idle()
  expect(times).toEqual([0, 100, 300])
  expect(errors[0]).toBe('a: Error: no')
  await queue.stop()
  expect(clock.pendingTimers).toBe(0)
})
