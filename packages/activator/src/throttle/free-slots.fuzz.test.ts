import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { FreeSlots } from './free-slots.ts'

test('finds what a linear search finds', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 130 }), fc.nat(140), (flags, from) => {
      const slots = new FreeSlots(flags.length)
      for (const [index, free] of flags.entries()) {
        slots.set(index, !free)
        slots.set(index, free)
      }
      expect(slots.nextFrom(from)).toBe(flags.indexOf(true, from))
    }),
  )
})
