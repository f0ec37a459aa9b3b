import { describe, expect, test } from '@jest/globals'
import {
  complaint,
  disallowedFields,
  invalidKeyName,
  invalidValue,
  missingField,
  missingOneOf,
  multipleOneOf,
  outOfBounds,
} from './complaints.ts'
import { FieldErrors } from './field-errors.ts'

describe('messages', () => {
  test.each([
    [missingField('b', 'a'), 'missing field(s): a, b'],
    [disallowedFields('x'), 'must not set the field(s): x'],
    [invalidValue('v', 'f'), 'invalid value: v: f'],
    [invalidValue(100, 'f'), 'invalid value: 100: f'],
    [invalidValue('v', 'f', 'why', 'and why'), 'invalid value: v: f\nwhy, and why'],
    [missingOneOf('b', 'a'), 'expected exactly one, got neither: a, b'],
    [multipleOneOf('b', 'a'), 'expected exactly one, got both: a, b'],
    [invalidKeyName('k', 'f', 'd'), 'invalid key name "k": f\nd'],
    [outOfBounds(7, 1, 5, 'f'), 'expected 1 <= 7 <= 5: f'],
    [complaint('text'), 'text: '],
    [FieldErrors.of('no paths', []), 'no paths: '],
    [FieldErrors.none, ''],
  ])('%s', (errors, text) => expect(String(errors)).toBe(text))
})

describe('paths', () => {
  const error = missingField('c')
  test.each([
    [error.viaField('a', 'b'), 'a.b.c'],
    [error.viaField('a.b'), 'a.b.c'],
    [error.viaField('', 'a'), 'a.c'],
    [error.viaFieldIndex('list', 3), 'list[3].c'],
    [error.viaIndex(0), '[0].c'],
    [error.viaIndex(0).viaField('x.list'), 'x.list[0].c'],
    [error.viaIndex(1).viaIndex(0).viaField('x'), 'x[0][1].c'],
    [missingField('').viaField('a'), 'a'],
    [missingField('').viaKey('key').viaField('map'), 'map[key]'],
    [missingField('').viaKey('a.b/c').viaField('metadata.annotations'), 'metadata.annotations.[a.b/c]'],
    [missingField('a.b/c').viaField('metadata.annotations'), 'metadata.annotations.a.b/c'],
  ])('%s', (errors, path) => expect(String(errors)).toBe(`missing field(s): ${path}`))
})

test('equal complaints are merged, their paths united and sorted; the rest is sorted by text', () => {
  const errors = FieldErrors.all([
    missingField('z'),
    invalidValue('x', 'f', 'b'),
    invalidValue('x', 'f', 'a'),
    missingField('a', 'z'),
    disallowedFields('q'),
  ])
  expect(String(errors)).toBe(
    'invalid value: x: f\na\ninvalid value: x: f\nb\nmissing field(s): a, z\nmust not set the field(s): q',
  )
})

test('warnings and errors are kept apart', () => {
  const both = missingField('a').also(missingField('b').at('warning'))
  expect(String(both.filter('error'))).toBe('missing field(s): a')
  expect(String(both.filter('warning'))).toBe('missing field(s): b')
  expect(both.merged()).toHaveLength(2)
  expect(both.filter('error').filter('warning').isEmpty).toBe(true)
})
