import { deepEqual } from '../meta/deep-equal.ts'
import {
  duplicate,
  type FieldError,
  invalidType,
  invalidValue,
  notSupported,
  required,
  tooLong,
  tooMany,
} from '../meta/field-error.ts'
import { isRecord, type JsonRecord } from '../meta/kube-object.ts'
import { formatProblem } from './formats.ts'
import { compilePattern } from './pattern.ts'
import { memberSchema, type Schema } from './schema.ts'

/** Everything wrong with `value` under `schema`, in the words of the API server. `path` names the value. */
export function validate(value: unknown, schema: Schema, path = ''): FieldError[] {
  const errors: FieldError[] = []
  check(value, schema, path, errors)
  return errors
}

function check(value: unknown, schema: Schema, path: string, errors: FieldError[]): void {
  if (value === null && schema.nullable) return
  if (!hasType(value, schema)) {
    const actual = typeName(value)
    const wanted = schema['x-kubernetes-int-or-string'] ? 'integer,string' : schema.type
    errors.push(
      invalidType(path, actual, `${path} in body must be of type ${wanted}: ${JSON.stringify(actual)}`),
    )
    return
  }
  if (schema.enum && !schema.enum.some((allowed) => deepEqual(allowed, value))) {
    errors.push(notSupported(path, value, schema.enum))
  }
  if (typeof value === 'string') checkString(value, schema, path, errors)
  else if (typeof value === 'number') checkNumber(value, schema, path, errors)
  else if (Array.isArray(value)) checkArray(value, schema, path, errors)
  else if (isRecord(value)) checkRecord(value, schema, path, errors)
  checkJunctors(value, schema, path, errors)
}

function hasType(value: unknown, schema: Schema): boolean {
  if (schema['x-kubernetes-int-or-string']) return typeof value === 'string' || Number.isInteger(value)
  switch (schema.type) {
    case undefined:
    case '':
      return true
    case 'object':
      return isRecord(value)
    case 'array':
      return Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === schema.type
  }
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function checkString(value: string, schema: Schema, path: string, errors: FieldError[]): void {
  const length = schema.maxLength !== undefined || schema.minLength !== undefined ? [...value].length : 0
  if (schema.maxLength !== undefined && length > schema.maxLength)
    errors.push(tooLong(path, schema.maxLength))
  if (schema.minLength !== undefined && length < schema.minLength) {
    errors.push(
      invalidValue(path, value, `${path} in body should be at least ${schema.minLength} chars long`),
    )
  }
  if (schema.pattern !== undefined && !compilePattern(schema.pattern).test(value)) {
    errors.push(invalidValue(path, value, `${path} in body should match '${schema.pattern}'`))
  }
  const problem = schema.format ? formatProblem(value, schema.format) : undefined
  if (problem)
    errors.push(
      invalidValue(path, value, `${path} in body must be of type ${problem}: ${JSON.stringify(value)}`),
    )
}

function checkNumber(value: number, schema: Schema, path: string, errors: FieldError[]): void {
  const { minimum, maximum, multipleOf } = schema
  const wrong = (rule: string) => errors.push(invalidValue(path, value, `${path} in body ${rule}`))
  if (minimum !== undefined && (schema.exclusiveMinimum ? value <= minimum : value < minimum)) {
    wrong(
      schema.exclusiveMinimum
        ? `should be greater than ${minimum}`
        : `should be greater than or equal to ${minimum}`,
    )
  }
  if (maximum !== undefined && (schema.exclusiveMaximum ? value >= maximum : value > maximum)) {
    wrong(
      schema.exclusiveMaximum
        ? `should be less than ${maximum}`
        : `should be less than or equal to ${maximum}`,
    )
  }
  if (multipleOf !== undefined && value % multipleOf !== 0) wrong(`should be a multiple of ${multipleOf}`)
  if (schema.format === 'int32' && (value > 2147483647 || value < -2147483648)) {
    wrong(`must be of type int32: "integer"`)
  }
}

function checkArray(value: readonly unknown[], schema: Schema, path: string, errors: FieldError[]): void {
  if (schema.maxItems !== undefined && value.length > schema.maxItems) {
    errors.push(tooMany(path, value.length, schema.maxItems))
  }
  if (schema.minItems !== undefined && value.length < schema.minItems) {
    errors.push(
      invalidValue(path, value.length, `${path} in body should have at least ${schema.minItems} items`),
    )
  }
  if (schema.uniqueItems && hasDuplicates(value)) {
    errors.push(invalidValue(path, value, `${path} in body shouldn't contain duplicates`))
  }
  if (schema.items)
    for (const [i, item] of value.entries()) check(item, schema.items, `${path}[${i}]`, errors)
  checkListType(value, schema, path, errors)
}

function hasDuplicates(value: readonly unknown[]): boolean {
  return value.some((item, i) => value.findIndex((other) => deepEqual(item, other)) !== i)
}

function checkListType(value: readonly unknown[], schema: Schema, path: string, errors: FieldError[]): void {
  const listType = schema['x-kubernetes-list-type']
  if (listType === 'set') {
    for (const [i, item] of value.entries()) {
      if (value.findIndex((other) => deepEqual(item, other)) !== i)
        errors.push(duplicate(`${path}[${i}]`, item))
    }
  } else if (listType === 'map') {
    const keys = schema['x-kubernetes-list-map-keys'] ?? []
    const seen = new Set<string>()
    for (const [i, item] of value.entries()) {
      if (!isRecord(item)) continue
      const id = Object.fromEntries(
        keys.map((key) => [key, item[key] ?? schema.items?.properties?.[key]?.default]),
      )
      const text = JSON.stringify(id)
      if (seen.has(text)) errors.push(duplicate(`${path}[${i}]`, id))
      seen.add(text)
    }
  }
}

function checkRecord(value: JsonRecord, schema: Schema, path: string, errors: FieldError[]): void {
  for (const key of schema.required ?? []) {
    if (value[key] === undefined) errors.push(required(join(path, key)))
  }
  const count = Object.keys(value).length
  if (schema.maxProperties !== undefined && count > schema.maxProperties) {
    errors.push(tooMany(path, count, schema.maxProperties))
  }
  if (schema.minProperties !== undefined && count < schema.minProperties) {
    errors.push(
      invalidValue(path, count, `${path} in body should have at least ${schema.minProperties} properties`),
    )
  }
  for (const [key, child] of Object.entries(value)) {
    const member = child === undefined ? undefined : memberSchema(schema, key)
    if (member) check(child, member, join(path, key), errors)
  }
  if (schema['x-kubernetes-embedded-resource']) checkEmbedded(value, path, errors)
}

function checkEmbedded(value: JsonRecord, path: string, errors: FieldError[]): void {
  for (const key of ['apiVersion', 'kind']) {
    if (!value[key]) errors.push(required(join(path, key), 'must not be empty'))
  }
}

function checkJunctors(value: unknown, schema: Schema, path: string, errors: FieldError[]): void {
  for (const part of schema.allOf ?? []) check(value, part, path, errors)
  const holds = (part: Schema) => validate(value, part, path).length === 0
  if (schema.anyOf && !schema.anyOf.some(holds)) {
    errors.push(invalidValue(path, value, `${path} in body must validate at least one schema (anyOf)`))
  }
  if (schema.oneOf && schema.oneOf.filter(holds).length !== 1) {
    errors.push(invalidValue(path, value, `${path} in body must validate one and only one schema (oneOf)`))
  }
  if (schema.not && holds(schema.not)) {
    errors.push(invalidValue(path, value, `${path} in body must not validate the schema (not)`))
  }
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
