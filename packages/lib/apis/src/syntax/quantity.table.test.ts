import { expect, test } from '@jest/globals'
import { compareQuantities, formatQuantity, parseQuantity, quantityIn, sameQuantity } from './quantity.ts'

test.each([
  ['0', '0'],
  ['1', '1'],
  ['1000m', '1'],
  ['25m', '25m'],
  ['0.5', '500m'],
  ['1.5', '1500m'],
  ['.5', '500m'],
  ['1e3', '1e3'],
  ['1E3', '1e3'],
  ['1000', '1k'],
  ['1024Mi', '1Gi'],
  ['1.5Gi', '1536Mi'],
  ['512', '512'],
  ['0.5Ki', '512'],
  ['1.953125Ki', '2000'],
  ['400Mi', '400Mi'],
  ['100M', '100M'],
  ['-5', '-5'],
  ['+5k', '5k'],
  ['1n', '1n'],
  ['0.1n', '1n'],
  ['9223372036854775808', '9223372036854775807'],
])('%s is canonically %s', (text, canonical) => {
  expect(formatQuantity(parseQuantity(text))).toBe(canonical)
})

test.each(['', 'x', '1x', '1.2.3', '--1', 'Mi', '1 Mi', ' 5'])('%j is refused', (text) => {
  expect(() => parseQuantity(text)).toThrow(expect.objectContaining({ code: 'VALUE_SYNTAX' }))
})

test('what does not look like a quantity is told the pattern', () => {
  expect(() => parseQuantity('x')).toThrow(
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  )
})

test.each([
  ['1', '1000m', 0],
  ['1Gi', '1G', 1],
  ['-1', '1n', -1],
  ['1e3', '1k', 0],
])('%s against %s', (a, b, order) => {
  expect(Math.sign(compareQuantities(parseQuantity(a), parseQuantity(b)))).toBe(order)
})

test.each([
  ['1500m', 0, 2n],
  ['1500m', -3, 1500n],
  ['-1500m', 0, -2n],
  ['1Ki', 0, 1024n],
])('%s in units of 10^%d', (text, exponent, amount) => {
  expect(quantityIn(parseQuantity(text), exponent)).toBe(amount)
})

test('texts that are no quantities equal only themselves', () => {
  expect([sameQuantity('x', 'x'), sameQuantity('x', '1'), sameQuantity('1', '1000m')]).toEqual([
    true,
    false,
    true,
  ])
})
