import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import {
  any,
  bool,
  boolValue,
  bytes,
  double,
  duration,
  enumeration,
  field,
  map,
  message,
  pack,
  repeated,
  string,
  uint32,
  uint32Value,
  uint64,
} from './index.ts'

const Inner = message('test.Inner', { text: field(1, string), many: repeated(16, uint32) })
const Outer = message('test.Outer', {
  flag: field(1, bool),
  size: field(2, uint64),
  ratio: field(3, double),
  raw: field(4, bytes),
  colour: field(5, enumeration('test.Colour', { RED: 0, BLUE: 300 })),
  children: repeated(6, Inner),
  named: map(7, Inner),
  limit: field(8, uint32Value),
  on: field(9, boolValue),
  wait: field(10, duration),
  packed: field(200, any),
})

const official = protobuf
  .parse(
    `syntax = "proto3"; package test;
   message Inner { string text = 1; repeated uint32 many = 16 [packed = false]; }
   enum Colour { RED = 0; BLUE = 300; }
   message UInt32Value { uint32 value = 1; }
   message BoolValue { bool value = 1; }
   message Duration { int64 seconds = 1; int32 nanos = 2; }
   message Any { string type_url = 1; bytes value = 2; }
   message Outer {
     bool flag = 1; uint64 size = 2; double ratio = 3; bytes raw = 4; Colour colour = 5;
     repeated Inner children = 6; map<string, Inner> named = 7; UInt32Value limit = 8; BoolValue on = 9;
     Duration wait = 10; Any packed = 200;
   }`,
  )
  .root.lookupType('test.Outer')

const inner = fc.record({ text: fc.string({ unit: 'binary' }), many: fc.array(fc.nat(), { minLength: 1 }) })
const outer = fc.record(
  {
    flag: fc.boolean(),
    size: fc.maxSafeNat(),
    ratio: fc.double({ noNaN: true }),
    raw: fc.uint8Array(),
    colour: fc.constantFrom('RED' as const, 'BLUE' as const),
    children: fc.array(inner, { minLength: 1 }),
    named: fc.dictionary(fc.string({ maxLength: 4 }), inner, { minKeys: 1, noNullPrototype: true }),
    limit: fc.nat(),
    on: fc.boolean(),
    wait: fc
      .tuple(fc.nat(), fc.integer({ min: 1, max: 999 }))
      .map(([s, ms]) => `${s}.${String(ms).padStart(3, '0')}`),
    packed: inner.map((value) => pack(Inner, value)),
  },
  { requiredKeys: [] },
)

function valid({ wait, ...rest }: { wait?: string } & Record<string, unknown>) {
  return wait === undefined ? rest : { ...rest, wait: `${wait.replace(/0+$/, '')}s` }
}

describe('a message survives its encoding', () => {
  test('in our own codec', () => {
    fc.assert(
      fc.property(outer, (value) => {
        const message = valid(value)
        expect(Outer.decode(Outer.encode(message))).toEqual(message)
      }),
    )
  })

  test('and means the same to protobufjs', () => {
    fc.assert(
      fc.property(outer, (value) => {
        const encoded = Outer.encode(valid(value))
        const theirs = official.toObject(official.decode(encoded), {
          longs: Number,
          enums: String,
          bytes: Uint8Array,
        })
        expect(theirs['size'] ?? value.size).toEqual(value.size)
        expect(theirs['colour'] ?? value.colour).toEqual(value.colour)
        expect(theirs['children']?.length).toEqual(value.children?.length)
        expect(theirs['limit']?.value ?? value.limit).toEqual(value.limit)
        expect(Object.keys(theirs['named'] ?? {}).sort()).toEqual(Object.keys(value.named ?? {}).sort())
        expect(Outer.decode(official.encode(official.decode(encoded)).finish())).toEqual(
          Outer.decode(encoded),
        )
      }),
    )
  })
})

test('arbitrary bytes are refused or read, never anything else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (noise) => {
      try {
        Outer.decode(noise)
      } catch (error) {
        expect(error).toMatchObject({ code: 'XDS_DECODE' })
      }
    }),
  )
})

test('fields that are not declared are skipped', () => {
  const Newer = message('test.Newer', {
    text: field(1, string),
    extra: field(9, double),
    more: field(10, Inner),
  })
  expect(Inner.decode(Newer.encode({ text: 'kept', extra: 1, more: { text: 'x' } }))).toEqual({
    text: 'kept',
  })
})

test('a value that does not fit names its field', () => {
  expect(() => Inner.encode({ many: [1, -1] })).toThrow('cannot encode test.Inner.many')
  expect(() => Outer.encode({ wait: '5 minutes' })).toThrow('"5 minutes" is not like "1.5s"')
})
