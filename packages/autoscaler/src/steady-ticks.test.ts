import { expect, test } from '@jest/globals'
import type { Clock } from '@knative-ts/clock'
import { ManualClock } from '@knative-ts/clock/testing'
import { steadyTicks } from './steady-ticks.ts'

test('ticks come every period until cancelled, also from within', async () => {
  const clock = new ManualClock(0)
  const seen: number[] = []
  const ticks = steadyTicks(clock, 1000, () => {
    seen.push(clock.now())
    if (seen.length === 3) ticks.cancel()
  })
  await clock.advance(10_000)
  expect(seen).toEqual([1000, 2000, 3000])
  expect(clock.pendingTimers).toBe(0)
})

test('a late tick does not delay the next, and missed ones are left out', async () => {
  const clock = new ManualClock(0)
  let lateMs = 0
  const late: Pick<Clock, 'monotonic' | 'after'> = {
    monotonic: () => clock.monotonic(),
    after: (ms, fn) => clock.after(ms + lateMs, fn),
  }
  const seen: number[] = []
  lateMs = 300
  const ticks = steadyTicks(Object.assign(Object.create(clock), late) as Clock, 1000, () =>
    seen.push(clock.monotonic()),
  )
  await clock.advance(2500)
  lateMs = 2100
  await clock.advance(6000)
  expect(seen).toEqual([1300, 2300, 3300, 6100])
  ticks.cancel()
})
