import { expect, test } from '@jest/globals'
import { trendOf } from './flatness.ts'

const mebibyte = 1 << 20
const series = (size: (i: number) => number) => Array.from({ length: 100 }, (_, i) => size(i) * mebibyte)

test('a warm-up is no growth', () => {
  expect(trendOf(series((i) => (i < 20 ? 50 + i : 100)))).toMatchObject({ early: 100 * mebibyte, flat: true })
})

test('steady growth is seen', () => {
  expect(trendOf(series((i) => 100 + i))).toMatchObject({ late: 190 * mebibyte, flat: false })
})

test('peaks are not the middle', () => {
  expect(trendOf(series((i) => (i % 3 === 0 ? 300 : 100)))).toMatchObject({
    most: 300 * mebibyte,
    flat: true,
  })
})

test('some noise is allowed', () => {
  expect(trendOf(series((i) => (i < 80 ? 100 : 109))).flat).toBe(true)
  expect(trendOf(series((i) => (i < 80 ? 100 : 111))).flat).toBe(false)
})
