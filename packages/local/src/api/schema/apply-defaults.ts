import { isRecord } from '../meta/kube-object.ts'
import { memberSchema, type Schema } from './schema.ts'

/**
 * Fills, in place, members that are absent and have a default. A null whose field is not nullable counts as
 * absent if there is a default for it.
 */
export function applyDefaults(value: unknown, schema: Schema | undefined): void {
  if (!schema) return
  if (Array.isArray(value)) {
    if (schema.items) for (const item of value) applyDefaults(item, schema.items)
    return
  }
  if (!isRecord(value)) return
  const properties = schema.properties
  if (properties) {
    for (const key of defaultedKeys(properties)) {
      const absent = value[key] === undefined || (value[key] === null && !properties[key]!.nullable)
      if (absent) value[key] = structuredClone(properties[key]!.default)
    }
  }
  for (const key of Object.keys(value)) {
    const child = value[key]
    if (typeof child === 'object' && child !== null) applyDefaults(child, memberSchema(schema, key))
  }
}

const keysByProperties = new WeakMap<Record<string, Schema>, string[]>()

function defaultedKeys(properties: Record<string, Schema>): string[] {
  let keys = keysByProperties.get(properties)
  if (!keys) {
    keys = Object.keys(properties).filter((key) => properties[key]!.default !== undefined)
    keysByProperties.set(properties, keys)
  }
  return keys
}
