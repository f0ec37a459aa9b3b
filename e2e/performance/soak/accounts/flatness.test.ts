import { expect, test } from '@jest/globals'
import { trendOf } from './flatness.ts'

const mebibyte = 1 << 20
const series = (length: number, size: (i: number) => number) =>
  Array.from({ length }, (_, i) => size(i) * mebibyte)

test('a first fifth of warming up is no growth', () => {
  expect(trendOf(series(500, (i) => (i < 100 ? 50 + i / 2 : 100)))).toMatchObject({
    early: 100 * mebibyte,
    flat: true,
  })
})

test('a first minute of warming up is no growth in a short run', () => {
  expect(trendOf(series(120, (i) => Math.min(i, 60) + 50))).toMatchObject({
    early: 110 * mebibyte,
    flat: true,
  })
})

test('steady growth is seen, in a long run and in one of two minutes', () => {
  expect(trendOf(series(500, (i) => 100 + i / 5))).toMatchObject({ late: 190 * mebibyte, flat: false })
  expect(trendOf(series(120, (i) => 100 + i)).flat).toBe(false)
})

test('a run of a minute says nothing', () => {
  expect(trendOf(series(60, (i) => 100 + i))).toMatchObject({ most: 159 * mebibyte, flat: undefined })
  expect(trendOf([])).toMatchObject({ most: 0, flat: undefined })
})

test('peaks are not the middle', () => {
  expect(trendOf(series(300, (i) => (i % 3 === 0 ? 300 : 100)))).toMatchObject({
    most: 300 * mebibyte,
    flat: true,
  })
})

test('some noise is allowed', () => {
  expect(trendOf(series(300, (i) => (i < 200 ? 100 : 109))).flat).toBe(true)
  expect(trendOf(series(300, (i) => (i < 200 ? 100 : 111))).flat).toBe(false)
})
