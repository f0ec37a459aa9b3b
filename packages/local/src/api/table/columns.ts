import { asString, type KubeObject, valueAt } from '../meta/kube-object.ts'
import type { Cell, Column } from './column.ts'
import { age } from './human-duration.ts'

type CellFunction = (object: KubeObject, nowMs: number) => Cell

/** A text column; `wide` ones are shown with `-o wide` only. */
export function column(name: string, cell: CellFunction, wide = false, type = 'string'): Column {
  return { name, type, format: '', description: name, priority: wide ? 1 : 0, cell }
}

/** A column with the value of one field. */
export function field(name: string, path: string, wide = false, fallback: Cell = ''): Column {
  const steps = path.split('.')
  return column(name, (object) => cellOf(valueAt(object, steps)) ?? fallback, wide)
}

/** A column with a number of one field, 0 if absent. */
export function count(name: string, path: string): Column {
  const steps = path.split('.')
  return column(name, (object) => Number(valueAt(object, steps) ?? 0), false, 'integer')
}

/** A scalar as a cell; anything else has none. */
export function cellOf(value: unknown): Cell | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : undefined
}

export const nameColumn: Column = {
  ...column('Name', (object) => asString(object.metadata.name) ?? ''),
  format: 'name',
}

export const ageColumn: Column = column('Age', (object, nowMs) =>
  age(object.metadata.creationTimestamp, nowMs),
)

export const createdAtColumn: Column = column(
  'Created At',
  (object) => object.metadata.creationTimestamp ?? '',
)
