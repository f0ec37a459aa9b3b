import { expect, test } from '@jest/globals'
import { percentile } from './percentile.ts'
import { fillRows, renderTable, shortfalls } from './table.ts'

test('rows of which nothing is known are left out', () => {
  const filled = fillRows(
    new Map([
      ['cold.p50', 917.4],
      ['plain.p50', Number.NaN],
      ['unknown', 1],
    ]),
    300,
  )
  expect(renderTable(filled)).toBe(
    [
      '|  | upstream | must | aim | measured |',
      '| --- | --- | --- | --- | --- |',
      '| from zero, p50 (ms) | 955 | ≤ 1,000 | ≤ 890 | 917 |',
    ].join('\n'),
  )
})

test('a shortfall is above or below, as the row wants', () => {
  const filled = fillRows(
    new Map([
      ['cold.p50', 1000],
      ['cold.p95', 1501],
      ['direct.rate', 2499],
      ['proxied.rate', 1950],
    ]),
    300,
  )
  expect(shortfalls(filled)).toEqual([
    'from zero, p95: 1,501 ms, must be ≤ 1,500',
    '50 connections, no activator: 2,499 req/s, must be ≥ 2,500',
  ])
})

test('other counts of Services are held to nothing', () => {
  const figures = new Map([['many.all', 200]])
  expect(shortfalls(fillRows(figures, 300))).toEqual([
    '300 Services at once, all Ready: 200 s, must be ≤ 150',
  ])
  expect(shortfalls(fillRows(figures, 400))).toEqual([])
})

test('percentiles of few values are values', () => {
  const twelve = Array.from({ length: 12 }, (_, i) => i + 1)
  expect([percentile(twelve, 0.5), percentile(twelve, 0.95), percentile([4], 0.95)]).toEqual([7, 12, 4])
  expect(percentile([], 0.5)).toBeNaN()
})
