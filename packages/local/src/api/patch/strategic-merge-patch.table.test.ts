import { describe, expect, test } from '@jest/globals'
import type { Schema } from '../schema/schema.ts'
import { applyStrategicMergePatch } from './strategic-merge-patch.ts'

const merged = { 'x-kubernetes-patch-strategy': 'merge' }
const schema: Schema = {
  type: 'object',
  properties: {
    list: { type: 'array', 'x-kubernetes-patch-merge-key': 'name', ...merged, items: { type: 'object' } },
    set: { type: 'array', ...merged, items: { type: 'string' } },
    plain: { type: 'array' },
    strategy: { type: 'object' },
  },
}
const a = { name: 'a', v: 1 }
const b = { name: 'b', v: 2 }

describe('a strategic merge patch', () => {
  test.each([
    [
      'merges items by key',
      { list: [a, b] },
      { list: [{ name: 'b', v: 3 }] },
      { list: [a, { name: 'b', v: 3 }] },
    ],
    ['adds items', { list: [a] }, { list: [b] }, { list: [a, b] }],
    ['deletes items', { list: [a, b] }, { list: [{ $patch: 'delete', name: 'a' }] }, { list: [b] }],
    ['replaces a list', { list: [a] }, { list: [{ $patch: 'replace' }, b] }, { list: [b] }],
    [
      'replaces an item',
      { list: [a] },
      { list: [{ $patch: 'replace', name: 'a', w: 1 }] },
      { list: [{ name: 'a', w: 1 }] },
    ],
    ['joins sets', { set: ['x'] }, { set: ['x', 'y'] }, { set: ['x', 'y'] }],
    ['takes from sets', { set: ['x', 'y'] }, { '$deleteFromPrimitiveList/set': ['x'] }, { set: ['y'] }],
    ['replaces plain lists', { plain: [1, 2] }, { plain: [3] }, { plain: [3] }],
    [
      'orders',
      { list: [a, b] },
      { '$setElementOrder/list': [{ name: 'b' }, { name: 'a' }], list: [] },
      { list: [b, a] },
    ],
    [
      'retains keys',
      { strategy: { type: 'x', rolling: {} } },
      { strategy: { $retainKeys: ['type'], type: 'y' } },
      { strategy: { type: 'y' } },
    ],
    ['deletes by null', { strategy: { type: 'x' } }, { strategy: null }, {}],
    [
      'replaces a map',
      { strategy: { type: 'x' } },
      { strategy: { $patch: 'replace', other: 1 } },
      { strategy: { other: 1 } },
    ],
    ['deletes a map', { strategy: { type: 'x' } }, { strategy: { $patch: 'delete' } }, {}],
  ])('%s', (_, target, patch, expected) => {
    expect(applyStrategicMergePatch(target, patch, schema)).toEqual(expected)
  })

  test('names the merge key that an item lacks', () => {
    expect(() => applyStrategicMergePatch({}, { list: [{ v: 1 }] }, schema)).toThrow(
      'does not contain declared merge key: name',
    )
  })
})
