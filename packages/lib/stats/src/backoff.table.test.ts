import { expect, test } from '@jest/globals'
import { Backoff } from './backoff.ts'

/** The twenty steps from 100 ms by 1.3, rounded to tenths of a millisecond. */
const growing = [
  100, 130, 169, 219.7, 285.6, 371.3, 482.7, 627.5, 815.7, 1060.4, 1378.6, 1792.2, 2329.8, 3028.8, 3937.4,
  5118.6, 6654.2, 8650.4, 11245.5, 14619.2,
]

test.each([
  ['no jitter', 0, 1],
  ['half the jitter', 0.5, 1.25],
  ['all but all the jitter', 1 - Number.EPSILON, 1.5],
])('with %s, twenty delays grow by 1.3 and then begin anew, for ever', (_, random, stretch) => {
  const backoff = new Backoff(() => random)
  for (let round = 0; round < 3; round++) {
    const delays = growing.map(() => backoff.next() / stretch)
    expect(delays.map((ms) => Math.round(ms * 10) / 10)).toEqual(growing)
  }
})

test('each delay has a jitter of its own', () => {
  const randoms = [0, 1, 0.5].values()
  const backoff = new Backoff(() => randoms.next().value!)
  expect([1, 2, 3].map(() => Math.round(backoff.next()))).toEqual([100, 195, 211])
})

test('jitter lengthens a delay by up to half if nobody says how', () => {
  const firsts = Array.from({ length: 1000 }, () => new Backoff().next())
  expect(Math.min(...firsts)).toBeGreaterThanOrEqual(100)
  expect(Math.max(...firsts)).toBeLessThan(150)
  expect(Math.max(...firsts) - Math.min(...firsts)).toBeGreaterThan(25)
})

test('a success begins anew', () => {
  const backoff = new Backoff(() => 0)
  backoff.next()
  expect(backoff.next()).toBe(130)
  backoff.reset()
  expect([backoff.next(), backoff.next()]).toEqual([100, 130])
})
