import { expect, test } from '@jest/globals'
import { adler32 } from './adler32.ts'

test.each([
  ['', 1],
  ['a', 0x00620062],
  ['Wikipedia', 0x11e60398],
  ['x'.repeat(100_000), 0x7e2a25ba],
])('adler32 of a text of length', (text, sum) => {
  expect(adler32(text)).toBe(sum)
})
