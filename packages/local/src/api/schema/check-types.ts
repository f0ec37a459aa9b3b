import { badRequest } from '../errors.ts'
import { isRecord, type JsonRecord } from '../meta/kube-object.ts'
import { memberSchema, type Schema } from './schema.ts'

/**
 * Checks the JSON types of a built-in object as Go's decoder would, and turns quantities written as numbers
 * into strings, in place. Throws 400 on the first mismatch.
 */
export function checkModelTypes(
  value: JsonRecord,
  schema: Schema,
  what: { kind: string; version: string },
): void {
  const fail = (actual: unknown, expected: string, owner: string, path: string): never => {
    throw badRequest(
      `${what.kind} in version ${JSON.stringify(what.version)} cannot be handled as a ${what.kind}: json: cannot unmarshal ${goName(actual)} into Go struct field ${owner}.${path} of type ${expected}`,
    )
  }
  walkRecord(value, schema, what.kind, '')

  function walkRecord(record: JsonRecord, known: Schema, owner: string, path: string): void {
    for (const key of Object.keys(record)) {
      const member = memberSchema(known, key)
      if (!member || record[key] === undefined || record[key] === null) continue
      const child = path === '' ? key : `${path}.${key}`
      record[key] = walk(record[key], member, known.model?.replace(/^[A-Za-z]*V\d/, '') ?? owner, child)
    }
  }

  function walk(at: unknown, known: Schema, owner: string, path: string): unknown {
    if (known.format === 'quantity') {
      if (typeof at !== 'number' && typeof at !== 'string') fail(at, 'resource.Quantity', owner, path)
      return String(at)
    }
    if (known['x-kubernetes-int-or-string']) {
      if (typeof at !== 'string' && !Number.isInteger(at)) fail(at, 'intstr.IntOrString', owner, path)
      return at
    }
    switch (known.type) {
      case 'object':
        if (!isRecord(at)) fail(at, known.model?.replace(/^V\d/, 'v1.') ?? 'map[string]string', owner, path)
        walkRecord(at as JsonRecord, known, owner, path)
        break
      case 'array':
        if (!Array.isArray(at)) return fail(at, '[]string', owner, path)
        for (const [i, item] of at.entries()) if (known.items) at[i] = walk(item, known.items, owner, path)
        break
      case 'integer':
        if (!Number.isInteger(at)) fail(at, known.format ?? 'int64', owner, path)
        break
      case 'string':
        if (typeof at !== 'string') fail(at, known.format === 'date-time' ? 'v1.Time' : 'string', owner, path)
        break
      case 'boolean':
        if (typeof at !== 'boolean') fail(at, 'bool', owner, path)
        break
    }
    return at
  }
}

function goName(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'number' && !Number.isInteger(value) ? `number ${value}` : typeof value
}
