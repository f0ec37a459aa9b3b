import { deepEqual } from '../meta/deep-equal.ts'
import { isRecord, type JsonRecord } from '../meta/kube-object.ts'
import { memberSchema, type Schema } from '../schema/schema.ts'
import { FieldSet } from './field-set.ts'

type Shape = 'atomic' | 'keyed' | 'map' | 'set'

/** How a value is owned and merged: as a whole, by list keys, by members, or as a set of scalars. */
function shapeOf(value: unknown, schema: Schema | undefined): Shape {
  if (isRecord(value)) return schema?.['x-kubernetes-map-type'] === 'atomic' ? 'atomic' : 'map'
  if (!Array.isArray(value)) return 'atomic'
  const listType = schema?.['x-kubernetes-list-type']
  if (listType === 'map') return 'keyed'
  return listType === 'set' ? 'set' : 'atomic'
}

/** The step that names a list item by its keys; keys left out take their default. */
export function itemStep(item: unknown, schema: Schema | undefined): string {
  const id: JsonRecord = {}
  for (const key of [...(schema?.['x-kubernetes-list-map-keys'] ?? [])].sort()) {
    const value = isRecord(item) ? item[key] : undefined
    const given = value ?? schema?.items?.properties?.[key]?.default
    if (given !== undefined) id[key] = given
  }
  return `k:${JSON.stringify(id)}`
}

/** The fields that a value sets: leaves, list items, and keys of free-form maps. */
export function fieldsOf(value: unknown, schema: Schema | undefined): FieldSet {
  const set = new FieldSet()
  collect(value, schema, set)
  return set
}

function collect(value: unknown, schema: Schema | undefined, set: FieldSet): void {
  switch (shapeOf(value, schema)) {
    case 'atomic':
      set.member = true
      return
    case 'set':
      for (const item of value as unknown[]) set.at(`v:${JSON.stringify(item)}`).member = true
      return
    case 'keyed':
      for (const item of value as unknown[]) {
        const child = set.at(itemStep(item, schema))
        child.member = true
        collect(item, schema?.items, child)
        child.member = true
      }
      return
    case 'map': {
      const members = Object.entries(value as JsonRecord).filter(([, child]) => child !== undefined)
      if (members.length === 0) set.member = true
      for (const [key, child] of members) {
        const step = set.at(`f:${key}`)
        collect(child, memberSchema(schema, key), step)
        if (!schema?.properties || !Object.hasOwn(schema.properties, key)) step.member = true
      }
    }
  }
}

/** Fields that both values set, to different things. */
export function modifiedFields(before: unknown, after: unknown, schema: Schema | undefined): FieldSet {
  const set = new FieldSet()
  const shape = shapeOf(after, schema)
  if (shape !== shapeOf(before, schema) || shape === 'atomic') {
    set.member = !deepEqual(before, after)
    return set
  }
  if (shape === 'set') return set
  const [old, now] = [childrenOf(before, schema), childrenOf(after, schema)]
  for (const [step, { value, schema: inner }] of now) {
    const was = old.get(step)
    if (!was) continue
    const child = modifiedFields(was.value, value, inner)
    if (!child.isEmpty) set.children.set(step, child)
  }
  return set
}

interface Child {
  readonly value: unknown
  readonly schema: Schema | undefined
}

function childrenOf(value: unknown, schema: Schema | undefined): Map<string, Child> {
  if (Array.isArray(value)) {
    const step = (item: unknown) =>
      shapeOf(value, schema) === 'set' ? `v:${JSON.stringify(item)}` : itemStep(item, schema)
    return new Map(value.map((item) => [step(item), { value: item, schema: schema?.items }]))
  }
  const children = new Map<string, Child>()
  for (const [key, child] of Object.entries(isRecord(value) ? value : {})) {
    if (child !== undefined) children.set(`f:${key}`, { value: child, schema: memberSchema(schema, key) })
  }
  return children
}

/** `live` with everything that `applied` sets laid over it, merging maps and keyed lists. Changes neither. */
export function mergeTyped(live: unknown, applied: unknown, schema: Schema | undefined): unknown {
  const shape = shapeOf(applied, schema)
  if (shape === 'atomic' || shape !== shapeOf(live, schema)) return applied
  if (shape === 'map') {
    const result: JsonRecord = { ...(live as JsonRecord) }
    for (const [key, value] of Object.entries(applied as JsonRecord)) {
      result[key] = key in result ? mergeTyped(result[key], value, memberSchema(schema, key)) : value
    }
    return result
  }
  return mergeLists(childrenOf(live, schema), childrenOf(applied, schema))
}

/** Applied items come in their own order; items that only `live` has come as soon as their turn in `live` does. */
function mergeLists(live: Map<string, Child>, applied: Map<string, Child>): unknown[] {
  const result: unknown[] = []
  const liveOrder = [...live]
  const done = new Set<string>()
  let at = 0
  const emitLiveOnly = () => {
    for (; at < liveOrder.length; at++) {
      const [step, child] = liveOrder[at]!
      if (!applied.has(step)) result.push(child.value)
      else if (!done.has(step)) return
    }
  }
  for (const [step, { value, schema }] of applied) {
    emitLiveOnly()
    const was = live.get(step)
    result.push(was ? mergeTyped(was.value, value, schema) : value)
    done.add(step)
  }
  emitLiveOnly()
  return result
}

/**
 * `value` without the fields in `dropped` that neither `kept` nor any of `owned` has: what a manager gave up
 * and nobody else wants. Returns undefined when nothing is left of a list item or member.
 */
export function removeFields(
  value: unknown,
  schema: Schema | undefined,
  dropped: FieldSet,
  kept: readonly FieldSet[],
): unknown {
  const shape = shapeOf(value, schema)
  if (shape === 'atomic') return value
  const children = childrenOf(value, schema)
  for (const [step, below] of dropped.children) {
    const child = children.get(step)
    if (!child) continue
    const keepers = kept
      .map((set) => set.children.get(step))
      .filter((set) => set && !set.isEmpty) as FieldSet[]
    if (keepers.length === 0) children.delete(step)
    else children.set(step, { ...child, value: removeFields(child.value, child.schema, below, keepers) })
  }
  if (shape !== 'map') return [...children.values()].map((child) => child.value)
  return Object.fromEntries([...children].map(([step, child]) => [step.slice(2), child.value]))
}
