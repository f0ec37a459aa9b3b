import { expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { dial } from './dial.ts'
import { rawServer } from './testing/index.ts'

/** When each try begins, milliseconds, at a destination that accepts and then says nothing. */
async function triesWith(random: () => number): Promise<number[]> {
  await using server = await rawServer(() => {})
  const clock = new ManualClock()
  const tries: number[] = []
  const dialled = dial({
    host: '127.0.0.1',
    port: server.port,
    tls: () => {
      tries.push(clock.monotonic())
      return { rejectUnauthorized: false }
    },
    clock,
    random,
    wanted: () => true,
    gone: () => false,
  }).then(
    () => true,
    () => true,
  )
  let over = false
  dialled.then(() => {
    over = true
  })
  while (!over) await clock.advance(1)
  return tries
}

/** Limits of the tries that come before each but the first: 50 ms, then 50, 70, 98 … ms. */
const limits = [50, ...Array.from({ length: 14 }, (_, step) => 50 * 1.4 ** step)]

test.each([
  ['the least', 0, 1, 30],
  ['the most', 0.999_999, 1.1, 60],
])(
  'a dial that times out is tried 15 times more, ever longer; with %s jitter',
  async (_, random, factor, pauseMs) => {
    const tries = await triesWith(() => random)
    expect(tries).toHaveLength(16)
    const expected = limits.map((limitMs, i) => (i === 0 ? limitMs : limitMs * factor) + pauseMs)
    tries.slice(1).forEach((atMs, i) => {
      // The clock is moved by whole milliseconds.
      expect(Math.abs(atMs - tries[i]! - expected[i]!)).toBeLessThanOrEqual(2)
    })
  },
)
