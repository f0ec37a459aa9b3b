import { expect, test } from '@jest/globals'
import { giveLargeBuffer, takeLargeBuffer } from './large-buffers.ts'

test('the one given back last is used first, for it is still in the caches', () => {
  const taken = [takeLargeBuffer(), takeLargeBuffer()]
  for (const buffer of taken) giveLargeBuffer(buffer)
  expect([takeLargeBuffer(), takeLargeBuffer()]).toEqual(taken.toReversed())
})

test('only so many are kept', () => {
  const taken = Array.from({ length: 80 }, takeLargeBuffer)
  for (const buffer of taken) giveLargeBuffer(buffer)
  const again = new Set(Array.from({ length: 80 }, takeLargeBuffer))
  expect(taken.filter((buffer) => again.has(buffer))).toHaveLength(64)
})
