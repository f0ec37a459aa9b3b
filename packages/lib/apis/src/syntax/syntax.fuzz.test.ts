import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { formatDuration, parseDurationNs } from './duration.ts'
import { compareQuantities, formatQuantity, parseQuantity } from './quantity.ts'
import { parseBool, parseFloat64, parseInt32, parseInt64 } from './scalars.ts'

const almost = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom(...'0123456789.+-eEnumkKMGTPihs_x ') }),
)

test.each([
  ['duration', parseDurationNs],
  ['quantity', parseQuantity],
  ['bool', parseBool],
  ['int32', parseInt32],
  ['int64', parseInt64],
  ['float', parseFloat64],
])('%s: any text parses or fails with the typed error', (_, parse) => {
  fc.assert(
    fc.property(almost, (text) => {
      try {
        parse(text)
      } catch (error) {
        expect(error).toMatchObject({ code: 'VALUE_SYNTAX' })
      }
    }),
  )
})

test('a printed duration parses to itself', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n }), (ns) => {
      expect(parseDurationNs(formatDuration(ns))).toBe(ns)
    }),
  )
})

test('the canonical form of a quantity is the same amount, and within its suffix family its own canonical form', () => {
  const number = fc.tuple(fc.constantFrom('', '-'), fc.nat(), fc.constantFrom('', '.5', '.125'))
  const suffix = fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'E-3')
  fc.assert(
    fc.property(number, suffix, (parts, ending) => {
      const quantity = parseQuantity(parts.join('') + ending)
      const canonical = formatQuantity(quantity)
      const reparsed = parseQuantity(canonical)
      expect(compareQuantities(reparsed, quantity)).toBe(0)
      // A binary amount that no power of 1024 divides is printed without a suffix and read back as decimal.
      expect(formatQuantity({ ...reparsed, format: quantity.format })).toBe(canonical)
    }),
  )
})
