import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { statsErrorCodes } from './errors.ts'
import { FrameReader, frame, maxMessageLength } from './grpc-frames.ts'

test('messages come out whole and in order, however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }),
      (messages, cuts) => {
        const bytes = Buffer.concat(messages.map(frame))
        const seen: Uint8Array[] = []
        const reader = new FrameReader((message) => seen.push(Uint8Array.from(message)))
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const length = cuts[i % cuts.length]!
          reader.push(bytes.subarray(at, at + length))
          at += length
        }
        expect(seen).toEqual(messages)
      },
    ),
  )
})

test.each([
  ['compressed', Buffer.from([1, 0, 0, 0, 0])],
  [
    'oversized',
    Buffer.from([0, ...new Uint8Array(new Uint32Array([maxMessageLength + 1]).buffer).reverse()]),
  ],
])('a %s message is refused', (_, bytes) => {
  expect(() => new FrameReader(() => {}).push(bytes)).toThrow(
    expect.objectContaining({ code: statsErrorCodes.badFrame }),
  )
})
