import { describe, expect, test } from '@jest/globals'
import { applyJsonPatch, JsonPatchError } from './json-patch.ts'

describe('a JSON patch', () => {
  test.each([
    ['adds a member', { a: 1 }, [{ op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
    ['inserts into a list', [1, 3], [{ op: 'add', path: '/1', value: 2 }], [1, 2, 3]],
    ['appends to a list', [1], [{ op: 'add', path: '/-', value: 2 }], [1, 2]],
    ['removes', { a: [1, 2] }, [{ op: 'remove', path: '/a/0' }], { a: [2] }],
    ['replaces the document', { a: 1 }, [{ op: 'replace', path: '', value: 2 }], 2],
    ['moves', { a: { b: 1 } }, [{ op: 'move', from: '/a/b', path: '/c' }], { a: {}, c: 1 }],
    ['copies', { a: [1] }, [{ op: 'copy', from: '/a', path: '/b' }], { a: [1], b: [1] }],
    ['tests', { a: 1 }, [{ op: 'test', path: '/a', value: 1 }], { a: 1 }],
    [
      'reads escaped pointers',
      { 'a/b': { '~': 1 } },
      [{ op: 'replace', path: '/a~1b/~0', value: 2 }],
      { 'a/b': { '~': 2 } },
    ],
    [
      'takes __proto__ for a name',
      {},
      [{ op: 'add', path: '/__proto__', value: 1 }],
      JSON.parse('{"__proto__":1}'),
    ],
  ])('%s', (_, document, patch, expected) => {
    const before = JSON.stringify(document)
    expect(applyJsonPatch(document, patch)).toEqual(expected)
    expect(JSON.stringify(document)).toBe(before)
  })

  test.each([
    ['PatchNotApplicable', [{ op: 'remove', path: '/none' }]],
    ['PatchNotApplicable', [{ op: 'replace', path: '/none', value: 1 }]],
    ['PatchNotApplicable', [{ op: 'test', path: '/a', value: 2 }]],
    ['PatchNotApplicable', [{ op: 'add', path: '/list/9', value: 1 }]],
    ['PatchNotApplicable', [{ op: 'add', path: '/none/x', value: 1 }]],
    ['InvalidPatch', [{ op: 'burn', path: '/a' }]],
    ['InvalidPatch', [{ op: 'add', path: '/a' }]],
    ['InvalidPatch', [{ op: 'remove', path: 'a' }]],
    ['InvalidPatch', { op: 'remove', path: '/a' }],
  ])('fails with %s for %j', (code, patch) => {
    const apply = () => applyJsonPatch({ a: 1, list: [] }, patch)
    expect(apply).toThrow(JsonPatchError)
    expect(apply).toThrow(expect.objectContaining({ code }))
  })
})
