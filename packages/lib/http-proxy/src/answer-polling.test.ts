import { describe, expect, test } from '@jest/globals'
import { AnswerPolling } from './answer-polling.ts'

/** Turns are counted, and come when asked for. */
function setup() {
  const next: (() => void)[] = []
  const polling = new AnswerPolling((then) => next.push(then))
  return {
    polling,
    /** Lets up to `most` turns pass. @returns how many were asked for */
    turns(most = 1000): number {
      let count = 0
      for (; count < most; count++) {
        const then = next.shift()
        if (!then) break
        then()
      }
      return count
    },
  }
}

describe('AnswerPolling', () => {
  test('goes on until the answer comes', () => {
    const { polling, turns } = setup()
    for (let i = 0; i < 3; i++) {
      polling.sent()
      expect(turns(10)).toBe(10)
      polling.answered()
      expect(turns()).toBe(1)
    }
  })

  test('gives up before long, and tries again after ever more requests', () => {
    const { polling, turns } = setup()
    const polled: number[] = []
    for (let request = 0; request < 5000; request++) {
      polling.sent()
      const count = turns()
      if (count > 0) {
        polled.push(request)
        expect(count).toBe(64)
      }
      polling.answered()
    }
    const skipped = polled.slice(1).map((request, i) => request - polled[i]! - 1)
    expect(skipped).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1024, 1024])
  })

  test('one answer in time is enough to begin anew', () => {
    const { polling, turns } = setup()
    const inVain = () => {
      polling.sent()
      const count = turns()
      polling.answered()
      return count
    }
    expect([inVain(), inVain(), inVain(), inVain(), inVain()]).toEqual([64, 0, 64, 0, 0])
    polling.sent()
    turns(3)
    polling.answered()
    turns()
    expect([inVain(), inVain(), inVain()]).toEqual([64, 0, 64])
  })

  test('is for requests that come one by one', () => {
    const { polling, turns } = setup()
    polling.sent()
    turns(3)
    polling.sent()
    expect(turns()).toBe(1)
    polling.answered()
    polling.sent()
    expect(turns()).toBe(0)
    polling.answered()
    polling.answered()
    polling.sent()
    expect(turns()).toBe(0)
    polling.answered()
    polling.sent()
    expect(turns()).toBe(64)
  })

  test('takes over the turn of a request that was answered in between', () => {
    const { polling, turns } = setup()
    polling.sent()
    polling.answered()
    polling.sent()
    expect(turns()).toBe(64)
  })
})
