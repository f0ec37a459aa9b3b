import { describe, expect, test } from '@jest/globals'
import { LinearBuckets, WeightedBuckets } from './index.ts'

const filled = <B extends LinearBuckets | WeightedBuckets>(buckets: B, from: number, values: number[]): B => {
  for (const [i, value] of values.entries()) buckets.record(from + i, value)
  return buckets
}

const times = (n: number, value: number): number[] => Array.from({ length: n }, () => value)

describe('linear average', () => {
  test('a partial window divides by the seconds written', () => {
    const stable = filled(new LinearBuckets(60), 1000, [0, 0, 10, 10, 10, 10])
    expect(stable.average(1005)).toBe(6.666667)
  })

  test('54 quiet seconds, then a burst', () => {
    const values = [...times(54, 0), ...times(6, 420)]
    expect(filled(new LinearBuckets(60), 1000, values).average(1059)).toBe(42)
    expect(filled(new LinearBuckets(6), 1000, values).average(1059)).toBe(420)
  })

  test('a silent tail shrinks the divisor until the window is over', () => {
    const buckets = filled(new LinearBuckets(60), 1000, times(60, 6))
    expect([1059, 1069, 1118, 1119, 1120].map((now) => buckets.average(now))).toEqual([6, 6, 6, 0, 0])
    expect([1118, 1119, 1120].map((now) => buckets.isEmpty(now))).toEqual([false, false, true])
  })

  test('holes between writes count as zeros', () => {
    const buckets = new LinearBuckets(60)
    buckets.record(1000, 10)
    buckets.record(1004, 10)
    expect(buckets.average(1004)).toBe(4)
    const full = filled(new LinearBuckets(60), 1000, times(60, 6))
    full.record(1069, 6)
    expect(full.average(1069)).toBe(5.1)
  })

  test('old seconds leave one by one', () => {
    const buckets = filled(new LinearBuckets(6), 1000, [1, 2, 3, 4, 5, 6, 7, 8])
    expect([1007, 1008, 1010, 1012, 1013].map((now) => buckets.average(now))).toEqual([5.5, 6, 7, 8, 0])
  })

  test('reports of one second add up', () => {
    const buckets = new LinearBuckets(60)
    buckets.record(1000.2, 3)
    buckets.record(1000.9, 2)
    buckets.record(1001, 4)
    expect(buckets.average(1001)).toBe(4.5)
  })
})

describe('weighted-exponential average', () => {
  test('recent seconds count more, and a silent second ages them all', () => {
    const buckets = filled(new WeightedBuckets(10), 1000, [10, 10, 5, 5])
    expect(buckets.average(1003)).toBeCloseTo(5.541258, 6)
    expect(buckets.average(1004)).toBeCloseTo(2.206015, 6)
    expect(filled(new LinearBuckets(10), 1000, [10, 10, 5, 5]).average(1003)).toBe(7.5)
  })

  test('a constant load is almost reached', () => {
    expect(filled(new WeightedBuckets(60), 1000, times(60, 10)).average(1059)).toBeCloseTo(9.999985, 6)
    expect(filled(new WeightedBuckets(6), 1000, times(60, 10)).average(1059)).toBeCloseTo(9.999, 6)
  })
})

describe('resize', () => {
  test('keeps the newest seconds and divides by the old window', () => {
    const buckets = filled(new LinearBuckets(6), 1000, [1, 2, 3, 4, 5, 6])
    buckets.resize(3, 1005)
    expect(buckets.average(1005)).toBe(5)
    const grown = filled(new LinearBuckets(6), 1000, [1, 2, 3, 4, 5, 6])
    grown.resize(60, 1005)
    expect(grown.average(1005)).toBe(3.5)
  })

  test('a window that has run empty starts anew', () => {
    const buckets = filled(new LinearBuckets(6), 1000, [6])
    buckets.resize(60, 1010)
    expect(buckets.isEmpty(1010)).toBe(true)
    buckets.record(1010, 4)
    expect(buckets.average(1010)).toBe(4)
  })

  test('the same window changes nothing', () => {
    const buckets = filled(new LinearBuckets(6), 1000, [6])
    buckets.resize(6, 1000)
    expect(buckets.average(1000)).toBe(6)
  })
})
