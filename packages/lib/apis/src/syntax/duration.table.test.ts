import { expect, test } from '@jest/globals'
import { formatDuration, parseDurationMs, parseDurationNs } from './duration.ts'

test.each([
  ['0', 0n, '0s'],
  ['6s', 6_000_000_000n, '6s'],
  ['1h', 3_600_000_000_000n, '1h0m0s'],
  ['1m30s', 90_000_000_000n, '1m30s'],
  ['100ms', 100_000_000n, '100ms'],
  ['1.5ms', 1_500_000n, '1.5ms'],
  ['-1s', -1_000_000_000n, '-1s'],
  ['+2h', 7_200_000_000_000n, '2h0m0s'],
  ['.5s', 500_000_000n, '500ms'],
  ['1us', 1_000n, '1µs'],
  ['1µs', 1_000n, '1µs'],
  ['7ns', 7n, '7ns'],
  ['2562047h47m16.854775807s', 9_223_372_036_854_775_807n, '2562047h47m16.854775807s'],
])('%s', (text, ns, printed) => {
  expect(parseDurationNs(text)).toBe(ns)
  expect(formatDuration(ns)).toBe(printed)
})

test.each([
  ['', 'time: invalid duration ""'],
  ['-', 'time: invalid duration "-"'],
  ['x', 'time: invalid duration "x"'],
  ['.', 'time: invalid duration "."'],
  ['5', 'time: missing unit in duration "5"'],
  ['5x', 'time: unknown unit "x" in duration "5x"'],
  ['1d', 'time: unknown unit "d" in duration "1d"'],
  ['2562048h', 'time: invalid duration "2562048h"'],
])('%j is refused', (text, message) => {
  expect(() => parseDurationNs(text)).toThrow(expect.objectContaining({ message, code: 'VALUE_SYNTAX' }))
})

test('milliseconds keep their fraction', () => {
  expect(parseDurationMs('1.5ms')).toBe(1.5)
})
