import { describe, expect, test } from '@jest/globals'
import { fieldErrorMessage } from '../meta/field-error.ts'
import { applyDefaults } from './apply-defaults.ts'
import { prune } from './prune.ts'
import type { Schema } from './schema.ts'
import { validate } from './validate.ts'

describe('validation', () => {
  test.each<[string, Schema, unknown, string[]]>([
    ['a nullable null', { type: 'string', nullable: true }, null, []],
    [
      'a null',
      { type: 'string' },
      null,
      ['f: Invalid value: "null": f in body must be of type string: "null"'],
    ],
    [
      'a float for an integer',
      { type: 'integer' },
      1.5,
      ['f: Invalid value: "number": f in body must be of type integer: "number"'],
    ],
    ['an integer for a number', { type: 'number' }, 1, []],
    [
      'exclusive bounds',
      { type: 'integer', minimum: 1, exclusiveMinimum: true, maximum: 9 },
      1,
      ['f: Invalid value: 1: f in body should be greater than 1'],
    ],
    [
      'multiples',
      { type: 'integer', multipleOf: 5 },
      7,
      ['f: Invalid value: 7: f in body should be a multiple of 5'],
    ],
    [
      'int32',
      { type: 'integer', format: 'int32' },
      2 ** 31,
      ['f: Invalid value: 2147483648: f in body must be of type int32: "integer"'],
    ],
    [
      'short strings',
      { type: 'string', minLength: 3 },
      'ab',
      ['f: Invalid value: "ab": f in body should be at least 3 chars long'],
    ],
    [
      'times',
      { type: 'string', format: 'date-time' },
      'today',
      ['f: Invalid value: "today": f in body must be of type date-time: "today"'],
    ],
    ['good times', { type: 'string', format: 'date-time' }, '2026-01-01T00:00:00.5+01:00', []],
    ['long lists', { type: 'array', maxItems: 1 }, [1, 2], ['f: Too many: 2: must have at most 1 items']],
    [
      'short lists',
      { type: 'array', minItems: 1 },
      [],
      ['f: Invalid value: 0: f in body should have at least 1 items'],
    ],
    ['sets', { type: 'array', 'x-kubernetes-list-type': 'set' }, ['a', 'a'], ['f[1]: Duplicate value: "a"']],
    [
      'items',
      { type: 'array', items: { type: 'string' } },
      ['a', 1],
      ['f[1]: Invalid value: "integer": f[1] in body must be of type string: "integer"'],
    ],
    [
      'maps',
      { type: 'object', additionalProperties: { type: 'string' } },
      { a: 1 },
      ['f.a: Invalid value: "integer": f.a in body must be of type string: "integer"'],
    ],
    [
      'anyOf',
      { anyOf: [{ required: ['a'] }, { required: ['b'] }] },
      {},
      ['f: Invalid value: {}: f in body must validate at least one schema (anyOf)'],
    ],
    [
      'oneOf',
      { oneOf: [{ required: ['a'] }, { required: ['b'] }] },
      { a: 1, b: 1 },
      ['f: Invalid value: {"a":1,"b":1}: f in body must validate one and only one schema (oneOf)'],
    ],
    [
      'not',
      { not: { required: ['a'] } },
      { a: 1 },
      ['f: Invalid value: {"a":1}: f in body must not validate the schema (not)'],
    ],
    ['a case-blind pattern', { type: 'string', pattern: '(?i)^a$' }, 'A', []],
    [
      'embedded objects',
      { type: 'object', 'x-kubernetes-embedded-resource': true },
      {},
      ['f.apiVersion: Required value: must not be empty', 'f.kind: Required value: must not be empty'],
    ],
  ])('of %s', (_, schema, value, expected) => {
    expect(validate(value, schema, 'f').map(fieldErrorMessage)).toEqual(expected)
  })
})

describe('pruning', () => {
  const schema: Schema = {
    type: 'object',
    properties: {
      known: { type: 'object', properties: { a: { type: 'string' } } },
      free: {
        type: 'object',
        'x-kubernetes-preserve-unknown-fields': true,
        properties: { strict: { type: 'object' } },
      },
      map: { type: 'object', additionalProperties: { type: 'object', properties: { a: {} } } },
      list: { type: 'array', items: { type: 'object', properties: { a: {} } } },
      inner: { type: 'object', 'x-kubernetes-embedded-resource': true },
    },
  }

  test('removes what is unknown, and names it', () => {
    const value = {
      known: { a: '1', b: 2 },
      free: { x: { y: 1 }, strict: { z: 1 } },
      map: { k: { a: 1, b: 2 } },
      list: [{ a: 1 }, { b: 2 }],
      inner: { kind: 'K', other: 1 },
      gone: 1,
    }
    const embedded: Schema = { type: 'object', properties: { kind: { type: 'string' } } }
    expect(prune(value, schema, { embedded })).toEqual([
      'known.b',
      'free.strict.z',
      'map.k.b',
      'list[1].b',
      'inner.other',
      'gone',
    ])
    expect(value).toEqual({
      known: { a: '1' },
      free: { x: { y: 1 }, strict: {} },
      map: { k: { a: 1 } },
      list: [{ a: 1 }, {}],
      inner: { kind: 'K' },
    })
  })

  test('drops nulls when told to', () => {
    const value = { known: { a: null }, list: null }
    prune(value, schema, { dropNulls: true })
    expect(value).toEqual({ known: {} })
  })
})

test('defaults fill what is absent, on all levels and for each item', () => {
  const inner: Schema = { type: 'object', properties: { n: { type: 'integer', default: 1 } } }
  const schema: Schema = {
    type: 'object',
    properties: {
      made: { ...inner, default: {} },
      list: { type: 'array', items: inner },
      nullable: { nullable: true, default: 1 },
      not: { default: 1 },
    },
  }
  const value = { list: [{}, { n: 2 }], nullable: null, not: null }
  applyDefaults(value, schema)
  expect(value).toEqual({ made: { n: 1 }, list: [{ n: 1 }, { n: 2 }], nullable: null, not: 1 })
})
