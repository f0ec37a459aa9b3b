import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { LinearBuckets, type TimedBuckets, WeightedBuckets } from './index.ts'

type Write = { time: number; value: number }

/** What the record rules leave: every second of the last window that holds a value, from first to last. */
function remembered(
  writes: readonly Write[],
  window: number,
): { first: number; last: number; values: Map<number, number> } {
  let first = Number.NaN
  let last = Number.NaN
  let values = new Map<number, number>()
  for (const { time, value } of writes) {
    if (time <= last - window) continue
    if (Number.isNaN(last) || time >= last + window) {
      first = time
      last = time
      values = new Map()
    }
    first = Math.min(first, time)
    last = Math.max(last, time)
    values.set(time, (values.get(time) ?? 0) + value)
  }
  return { first, last, values }
}

function naiveLinear(writes: readonly Write[], window: number, now: number): number {
  const { first, last, values } = remembered(writes, window)
  if (!(now < last + window)) return 0
  const end = Math.max(now, last)
  let total = 0
  for (let second = end - window + 1; second <= last; second++) total += values.get(second) ?? 0
  return total / Math.min(last - first + 1, window - (end - last))
}

function naiveWeighted(writes: readonly Write[], window: number, now: number): number {
  const { last, values } = remembered(writes, window)
  if (!(now < last + window)) return 0
  const c = Math.max(1 - 0.0001 ** (1 / window), 0.2)
  const end = Math.max(now, last)
  let total = 0
  for (let age = 0; age < window; age++) total += (values.get(end - age) ?? 0) * c * (1 - c) ** age
  return total
}

const writes = fc
  .array(fc.record({ step: fc.integer({ min: -8, max: 20 }), value: fc.integer({ min: 0, max: 1000 }) }), {
    minLength: 1,
    maxLength: 60,
  })
  .map((steps) => {
    let time = 5000
    return steps.map(({ step, value }) => {
      time += step
      return { time, value }
    })
  })

const cases: [string, (window: number) => TimedBuckets, typeof naiveLinear][] = [
  ['linear', (window) => new LinearBuckets(window), naiveLinear],
  ['weighted', (window) => new WeightedBuckets(window), naiveWeighted],
]

test.each(cases)('the %s average agrees with one computed from all writes', (_, create, naive) => {
  fc.assert(
    fc.property(
      writes,
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: -3, max: 80 }),
      (all, window, later) => {
        const buckets = create(window)
        for (const { time, value } of all) buckets.record(time, value)
        const now = Math.max(...all.map(({ time }) => time)) + later
        expect(Math.abs(buckets.average(now) - naive(all, window, now))).toBeLessThan(1e-6)
      },
    ),
  )
})
