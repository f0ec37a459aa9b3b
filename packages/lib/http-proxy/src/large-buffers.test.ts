import { expect, test } from '@jest/globals'
import { giveLargeBuffer, leaveLargeBuffer, takeLargeBuffer } from './large-buffers.ts'

test('only the first few in use at once are generous', () => {
  const taken = Array.from({ length: 40 }, takeLargeBuffer)
  const sizes = [...new Set(taken.map(({ length }) => length))]
  expect(sizes).toEqual([256 << 10, 32 << 10])
  const generous = taken.filter(({ length }) => length === sizes[0])
  expect(generous).toHaveLength(12)
  giveLargeBuffer(generous[0]!)
  expect(takeLargeBuffer()).toBe(generous[0])
  leaveLargeBuffer(generous[0]!)
  const fresh = takeLargeBuffer()
  expect(fresh).toHaveLength(sizes[0]!)
  expect(fresh).not.toBe(generous[0])
  for (const buffer of [fresh, ...taken.slice(1)]) giveLargeBuffer(buffer)
})

test('modest ones are used again too', () => {
  const taken = Array.from({ length: 13 }, takeLargeBuffer)
  const modest = taken.at(-1)!
  giveLargeBuffer(modest)
  expect(takeLargeBuffer()).toBe(modest)
  for (const buffer of taken) giveLargeBuffer(buffer)
})
