import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { jsonPatch } from './json-patch.ts'
import { applyPatch } from './testing/apply-patch.ts'

const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown)
const keyed = fc.dictionary(fc.constantFrom('a', 'b', 'a/b', '~', ''), json)

test('the patch turns one value into the other', () => {
  fc.assert(
    fc.property(fc.oneof(json, keyed), fc.oneof(json, keyed), (before, after) => {
      expect(applyPatch(before, jsonPatch(before, after))).toEqual(after)
    }),
  )
})

test('equal values need no patch', () => {
  fc.assert(fc.property(json, (value) => expect(jsonPatch(value, structuredClone(value))).toEqual([])))
})

test('it is as small as the change', () => {
  const before = { a: { b: [1, { c: 2 }], 'x/y': 1 }, d: 1 }
  const after = { a: { b: [1, { c: 3 }], 'x/y': 2 }, e: 1 }
  expect(jsonPatch(before, after)).toEqual([
    { op: 'remove', path: '/d' },
    { op: 'replace', path: '/a/b/1/c', value: 3 },
    { op: 'replace', path: '/a/x~1y', value: 2 },
    { op: 'add', path: '/e', value: 1 },
  ])
})
