import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { FieldErrors } from './field-errors.ts'

const word = fc.constantFrom('a', 'b', 'list', '[0]', '[1]', '', 'x.y', '[k.z]')
const single = fc
  .tuple(fc.constantFrom('m1', 'm2'), fc.array(word), fc.constantFrom('', 'd'), fc.boolean())
  .map(([message, paths, details, warning]) =>
    FieldErrors.of(message, paths, details).at(warning ? 'warning' : 'error'),
  )

test('the text depends neither on order nor on repetition', () => {
  fc.assert(
    fc.property(fc.array(single), fc.array(single), (some, others) => {
      const text = String(FieldErrors.all([...some, ...others]))
      expect(String(FieldErrors.all([...others, ...some]))).toBe(text)
      expect(String(FieldErrors.all([...some, ...others, ...some]))).toBe(text)
    }),
  )
})

test('a prefix given at once or step by step is the same', () => {
  fc.assert(
    fc.property(single, word, word, (errors, outer, inner) => {
      expect(String(errors.viaField(inner).viaField(outer))).toBe(String(errors.viaField(outer, inner)))
    }),
  )
})

test('adding never changes what was there', () => {
  fc.assert(
    fc.property(single, fc.array(single), (errors, others) => {
      const before = String(errors)
      errors
        .also(...others)
        .viaField('p')
        .at('warning')
      expect(String(errors)).toBe(before)
    }),
  )
})
