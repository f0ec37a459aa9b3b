import { expect, test } from '@jest/globals'
import { age, humanDuration } from './human-duration.ts'

const [s, m, h, d] = [1000, 60_000, 3_600_000, 86_400_000]

test.each([
  [-5 * s, '0s'],
  [0, '0s'],
  [119 * s, '119s'],
  [2 * m, '2m'],
  [2 * m + 5 * s, '2m5s'],
  [10 * m + 5 * s, '10m'],
  [179 * m, '179m'],
  [3 * h + 1 * m, '3h1m'],
  [8 * h + 1 * m, '8h'],
  [47 * h, '47h'],
  [2 * d, '2d'],
  [3 * d + 4 * h, '3d4h'],
  [9 * d, '9d'],
  [729 * d, '729d'],
  [731 * d, '2y1d'],
  [9 * 365 * d, '9y'],
])('%d ms is %s', (ms, text) => {
  expect(humanDuration(ms)).toBe(text)
})

test('an unknown time has an unknown age', () => {
  expect(age(undefined, 0)).toBe('<unknown>')
  expect(age('1970-01-01T00:00:10Z', 20_000)).toBe('10s')
})
