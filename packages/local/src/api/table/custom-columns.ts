import { asArray, asRecord, asString, type KubeObject } from '../meta/kube-object.ts'
import type { Cell, Column } from './column.ts'
import { ageColumn, nameColumn } from './columns.ts'
import { age } from './human-duration.ts'
import { compileJsonPath, type JsonPath } from './json-path.ts'

/** The columns that one version of a CustomResourceDefinition asks for: its own after the name, else the age. */
export function customColumns(definitions: unknown): Column[] {
  const own = asArray(definitions).map((definition) => customColumn(asRecord(definition)))
  return own.length > 0 ? [nameColumn, ...own] : [nameColumn, ageColumn]
}

function customColumn(definition: Record<string, unknown>): Column {
  const type = asString(definition['type']) ?? 'string'
  const path = safePath(asString(definition['jsonPath']) ?? '')
  return {
    name: asString(definition['name']) ?? '',
    type,
    format: asString(definition['format']) ?? '',
    description:
      asString(definition['description']) ??
      `Custom resource definition column (in JSONPath format): ${String(definition['jsonPath'])}`,
    priority: typeof definition['priority'] === 'number' ? definition['priority'] : 0,
    cell: (object, nowMs) => render(type, path, object, nowMs),
  }
}

function safePath(text: string): JsonPath {
  try {
    return compileJsonPath(text)
  } catch {
    return () => []
  }
}

function render(type: string, path: JsonPath, object: KubeObject, nowMs: number): Cell {
  const [value] = path(object)
  if (value === undefined || value === null) return null
  switch (type) {
    case 'date':
      return age(value, nowMs)
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null
    case 'number':
      return typeof value === 'number' ? value : null
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    default:
      return typeof value === 'string' ? value : JSON.stringify(value)
  }
}
