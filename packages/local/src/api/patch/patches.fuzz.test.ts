import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { JsonRecord, KubeObject } from '../meta/kube-object.ts'
import type { Schema } from '../schema/schema.ts'
import { FieldSet } from './field-set.ts'
import { applyJsonPatch } from './json-patch.ts'
import { serverSideApply, trackUpdate, type WriteContext } from './managed-fields.ts'
import { applyMergePatch } from './merge-patch.ts'
import { applyStrategicMergePatch } from './strategic-merge-patch.ts'
import { fieldsOf } from './typed-value.ts'

const key = fc.constantFrom('a', 'b', 'c', 'd')
const scalar = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.boolean(), fc.constantFrom('x', 'y'))
const tree = fc.letrec<{ node: unknown; record: JsonRecord }>((tie) => ({
  node: fc.oneof({ depthSize: 'small' }, scalar, fc.array(scalar, { maxLength: 3 }), tie('record')),
  record: fc.dictionary(key, tie('node'), { maxKeys: 4 }),
})).record

/** What turns `from` into `to` as a merge patch; lists and scalars are replaced. */
function mergePatchBetween(from: unknown, to: unknown): unknown {
  const both = [from, to].every((side) => typeof side === 'object' && side !== null && !Array.isArray(side))
  if (!both) return to
  const [old, now] = [from as JsonRecord, to as JsonRecord]
  const patch: JsonRecord = {}
  for (const name of Object.keys(old)) if (!(name in now)) patch[name] = null
  for (const [name, value] of Object.entries(now)) {
    patch[name] =
      name in old && isPlain(old[name]) === isPlain(value) ? mergePatchBetween(old[name], value) : value
  }
  return patch
}

function isPlain(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Pointer operations that turn one record into another. */
function jsonPatchBetween(from: JsonRecord, to: JsonRecord): object[] {
  const removed = Object.keys(from).filter((name) => !(name in to))
  return [
    ...removed.map((name) => ({ op: 'remove', path: `/${name}` })),
    ...Object.entries(to).map(([name, value]) => ({ op: 'add', path: `/${name}`, value })),
  ]
}

test('a merge patch between two trees turns one into the other', () => {
  fc.assert(
    fc.property(tree, tree, (from, to) => {
      expect(applyMergePatch(from, mergePatchBetween(from, to))).toEqual(to)
    }),
  )
})

test('a JSON patch between two trees turns one into the other', () => {
  fc.assert(
    fc.property(tree, tree, (from, to) => {
      expect(applyJsonPatch(from, jsonPatchBetween(from, to))).toEqual(to)
    }),
  )
})

test('without list rules, a strategic merge patch is a merge patch', () => {
  fc.assert(
    fc.property(tree, tree, (from, patch) => {
      expect(applyStrategicMergePatch(from, patch, {})).toEqual(applyMergePatch(from, patch))
    }),
  )
})

test('field sets survive the wire', () => {
  fc.assert(
    fc.property(tree, (value) => {
      const set = fieldsOf({ root: value }, undefined)
      expect(FieldSet.fromFieldsV1(set.toFieldsV1()).equals(set)).toBe(true)
    }),
  )
})

const schema: Schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        items: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: { type: 'object', properties: { name: { type: 'string' }, n: { type: 'integer' } } },
        },
        tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
        data: { type: 'object', additionalProperties: { type: 'integer' } },
      },
    },
  },
}

const spec = fc.record(
  {
    items: fc.uniqueArray(fc.record({ name: key, n: fc.nat(3) }, { requiredKeys: ['name'] }), {
      selector: ({ name }) => name,
      minLength: 1,
    }),
    tags: fc.uniqueArray(key, { minLength: 1 }),
    data: fc.dictionary(key, fc.nat(3), { minKeys: 1 }),
  },
  { requiredKeys: [] },
)

const object = (content: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'T',
  metadata: { name: 't' },
  spec: content,
})
const context = (manager: string): WriteContext => ({
  manager,
  apiVersion: 'v1',
  subresource: '',
  statusApart: true,
  schema,
  nowMs: 0,
})

test('applying the same thing twice is applying it once', () => {
  fc.assert(
    fc.property(spec, spec, spec, (start, one, two) => {
      const created = object(start)
      created.metadata.managedFields = trackUpdate(undefined, created, context('creator'))
      const applied = serverSideApply(created, object(one), context('one'), true)
      const both = serverSideApply(applied, object(two), context('two'), true)
      expect(serverSideApply(both, object(two), context('two'), true)).toEqual(both)
    }),
  )
})

test('what is applied holds, and a manager that gives all up leaves nothing of its own', () => {
  fc.assert(
    fc.property(spec, spec, (one, two) => {
      const first = serverSideApply(undefined, object(one), context('one'), false)
      const second = serverSideApply(first, object(two), context('two'), true)
      const wanted = fieldsOf(object(two)['spec'], schema.properties?.['spec'])
      const held = fieldsOf(second['spec'], schema.properties?.['spec'])
      const lost = [...wanted.difference(held).paths()]
      // Applying an empty map says nothing about what others put into it.
      expect(lost.filter((path) => path !== '')).toEqual([])
      const emptied = serverSideApply(second, { ...object({}), spec: {} }, context('one'), true)
      const rest = serverSideApply(emptied, { ...object({}), spec: {} }, context('two'), true)
      expect(Object.keys((rest['spec'] ?? {}) as object)).toEqual([])
    }),
  )
})
