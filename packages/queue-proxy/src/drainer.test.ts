import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { Drainer } from './drainer.ts'

function over(drainer: Drainer): { readonly is: boolean } {
  const state = { is: false }
  drainer.drain().then(() => {
    state.is = true
  })
  return state
}

describe('Drainer', () => {
  test('is over after a quiet time; each request starts it anew', async () => {
    const clock = new ManualClock()
    const drainer = new Drainer(clock, 30_000)
    drainer.requestArrived()
    const first = over(drainer)
    await clock.advance(20_000)
    drainer.requestArrived()
    const second = over(drainer)
    await clock.advance(29_999)
    expect([first.is, second.is, drainer.draining]).toEqual([false, false, true])
    await clock.advance(1)
    expect([first.is, second.is, drainer.draining]).toEqual([true, true, true])
    expect(clock.pendingTimers).toBe(0)
  })

  test('can be called off and started again', async () => {
    const clock = new ManualClock()
    const drainer = new Drainer(clock, 30_000)
    const first = over(drainer)
    drainer.reset()
    await clock.settle()
    expect([first.is, drainer.draining, clock.pendingTimers]).toEqual([true, false, 0])
    const second = over(drainer)
    await clock.advance(30_000)
    expect(second.is).toBe(true)
  })
})
