import { badRequest } from '../errors.ts'
import { deepEqual } from '../meta/deep-equal.ts'
import { asArray, isRecord, type JsonRecord } from '../meta/kube-object.ts'
import { memberSchema, type Schema } from '../schema/schema.ts'

const orderPrefix = '$setElementOrder/'
const deletePrefix = '$deleteFromPrimitiveList/'

/**
 * Applies a strategic merge patch: lists merge by the key that their schema names, and `$patch`,
 * `$retainKeys`, `$setElementOrder/…` and `$deleteFromPrimitiveList/…` direct it. Throws 400 for a patch that
 * makes no sense. Neither argument is changed.
 */
export function applyStrategicMergePatch(target: JsonRecord, patch: JsonRecord, schema: Schema): JsonRecord {
  return mergeMaps(target, patch, schema) ?? {}
}

/** Undefined means that the map itself is to go. */
function mergeMaps(
  target: JsonRecord,
  patch: JsonRecord,
  schema: Schema | undefined,
): JsonRecord | undefined {
  const directive = patch['$patch']
  if (directive === 'delete') return undefined
  if (directive === 'replace') return withoutDirectives(patch)
  if (directive !== undefined && directive !== 'merge') {
    throw badRequest(`unknown patch directive ${JSON.stringify(directive)}: use replace, delete or merge`)
  }
  const result: JsonRecord = { ...target }
  retainKeys(result, patch)
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined || key === '$patch' || key === '$retainKeys' || key.startsWith(orderPrefix))
      continue
    if (key.startsWith(deletePrefix)) {
      const field = key.slice(deletePrefix.length)
      const gone = asArray(value)
      result[field] = asArray(result[field]).filter((item) => !gone.some((other) => deepEqual(item, other)))
      continue
    }
    const merged = mergeMember(result[key], value, memberSchema(schema, key))
    if (merged === undefined) delete result[key]
    else result[key] = merged
  }
  reorder(result, patch, schema)
  return result
}

function retainKeys(result: JsonRecord, patch: JsonRecord): void {
  if (!Array.isArray(patch['$retainKeys'])) return
  for (const key of Object.keys(result)) if (!patch['$retainKeys'].includes(key)) delete result[key]
}

function mergeMember(current: unknown, value: unknown, schema: Schema | undefined): unknown {
  if (value === null) return undefined
  if (isRecord(value)) return mergeMaps(isRecord(current) ? current : {}, value, schema)
  if (!Array.isArray(value)) return value
  const strategy = schema?.['x-kubernetes-patch-strategy']?.split(',') ?? []
  if (!strategy.includes('merge')) return value
  const key = schema?.['x-kubernetes-patch-merge-key']
  if (!key) return mergeScalars(asArray(current), value)
  return mergeItems(asArray(current), value, key, schema?.items)
}

function mergeScalars(current: readonly unknown[], added: readonly unknown[]): unknown[] {
  return [...current, ...added.filter((item) => !current.some((other) => deepEqual(item, other)))]
}

function mergeItems(
  current: readonly unknown[],
  patch: readonly unknown[],
  key: string,
  schema: Schema | undefined,
): unknown[] {
  const replaceAll = patch.some(
    (item) => isRecord(item) && item['$patch'] === 'replace' && item[key] === undefined,
  )
  const result: unknown[] = replaceAll ? [] : [...current]
  for (const item of patch) {
    if (!isRecord(item)) throw badRequest('a list that merges by key can only be patched with objects')
    if (item['$patch'] === 'replace' && item[key] === undefined) continue
    if (item[key] === undefined) {
      throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`)
    }
    const at = result.findIndex((other) => isRecord(other) && deepEqual(other[key], item[key]))
    const merged = mergeMaps(at < 0 ? {} : (result[at] as JsonRecord), item, schema)
    if (merged === undefined) {
      if (at >= 0) result.splice(at, 1)
    } else if (at >= 0) result[at] = merged
    else result.push(merged)
  }
  return result
}

/** Sorts lists as `$setElementOrder` asks; items it does not mention keep their place before the next that it does. */
function reorder(result: JsonRecord, patch: JsonRecord, schema: Schema | undefined): void {
  for (const [directive, order] of Object.entries(patch)) {
    if (!directive.startsWith(orderPrefix) || !Array.isArray(order)) continue
    const field = directive.slice(orderPrefix.length)
    const list = result[field]
    if (!Array.isArray(list)) continue
    const key = memberSchema(schema, field)?.['x-kubernetes-patch-merge-key']
    const idOf = (item: unknown) => JSON.stringify(key && isRecord(item) ? item[key] : item)
    const wanted = order.map(idOf)
    const listed = list.filter((item) => wanted.includes(idOf(item)))
    listed.sort((a, b) => wanted.indexOf(idOf(a)) - wanted.indexOf(idOf(b)))
    let next = 0
    result[field] = list.map((item) => (wanted.includes(idOf(item)) ? listed[next++] : item))
  }
}

function withoutDirectives(patch: JsonRecord): JsonRecord {
  return Object.fromEntries(Object.entries(patch).filter(([key]) => !key.startsWith('$')))
}
