import { ApiError, type StatusCause } from '../errors.ts'
import {
  isRecord,
  type JsonRecord,
  type KubeObject,
  type ManagedFieldsEntry,
  timestamp,
} from '../meta/kube-object.ts'
import type { Schema } from '../schema/schema.ts'
import { FieldSet } from './field-set.ts'
import { fieldsOf, mergeTyped, modifiedFields, removeFields } from './typed-value.ts'

/** Who writes, how, and under which schema. */
export interface WriteContext {
  readonly manager: string
  readonly apiVersion: string
  /** `status` or `scale`; empty for the object itself. */
  readonly subresource: string
  /** True when status is written through its own subresource only. */
  readonly statusApart: boolean
  readonly schema: Schema
  readonly nowMs: number
}

const ownedMetadata = ['annotations', 'finalizers', 'generateName', 'labels', 'ownerReferences']

/** The part of an object that a request through this endpoint can own. */
function ownable(object: JsonRecord, context: WriteContext): JsonRecord {
  if (context.subresource === 'status') return 'status' in object ? { status: object['status'] } : {}
  const part: JsonRecord = {}
  for (const [key, value] of Object.entries(object)) {
    if (key === 'apiVersion' || key === 'kind' || key === 'metadata') continue
    if (key === 'status' && context.statusApart) continue
    part[key] = value
  }
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {}
  const owned = Object.entries(metadata).filter(([key]) => ownedMetadata.includes(key))
  if (owned.length > 0) part['metadata'] = Object.fromEntries(owned)
  return part
}

interface Manager {
  readonly entry: ManagedFieldsEntry
  readonly fields: FieldSet
}

function managersOf(entries: readonly ManagedFieldsEntry[] | undefined): Manager[] {
  return (entries ?? [])
    .filter((entry) => isRecord(entry.fieldsV1))
    .map((entry) => ({ entry, fields: FieldSet.fromFieldsV1(entry.fieldsV1) }))
}

function isSame(
  entry: ManagedFieldsEntry,
  context: WriteContext,
  operation: ManagedFieldsEntry['operation'],
) {
  return (
    entry.manager === context.manager &&
    entry.operation === operation &&
    (entry.subresource ?? '') === context.subresource &&
    (operation === 'Apply' || entry.apiVersion === context.apiVersion)
  )
}

function entryOf(
  context: WriteContext,
  operation: ManagedFieldsEntry['operation'],
  fields: FieldSet,
  previous: Manager | undefined,
): ManagedFieldsEntry {
  const unchanged = previous?.entry.apiVersion === context.apiVersion && previous.fields.equals(fields)
  return {
    manager: context.manager,
    operation,
    apiVersion: context.apiVersion,
    time: (unchanged ? previous.entry.time : undefined) ?? timestamp(context.nowMs),
    fieldsType: 'FieldsV1',
    fieldsV1: fields.toFieldsV1(),
    ...(context.subresource ? { subresource: context.subresource } : {}),
  }
}

/** Rewrites the entries whose set of fields changed and leaves out those that own nothing any more. */
function reduced(managers: readonly Manager[], taken: FieldSet): ManagedFieldsEntry[] {
  const entries: ManagedFieldsEntry[] = []
  for (const { entry, fields } of managers) {
    const left = fields.difference(taken)
    if (left.isEmpty) continue
    entries.push(left.equals(fields) ? entry : { ...entry, fieldsV1: left.toFieldsV1() })
  }
  return entries
}

/**
 * The managedFields of `after`, written over `before` by an update or patch: the writer comes to own all that
 * changed, and others lose it. Entries that the writer sent along replace the stored ones, as upstream.
 */
export function trackUpdate(
  before: KubeObject | undefined,
  after: KubeObject,
  context: WriteContext,
): ManagedFieldsEntry[] {
  const { schema } = context
  const old = before ? ownable(before, context) : {}
  const now = ownable(after, context)
  const oldFields = before ? fieldsOf(old, schema) : new FieldSet()
  const nowFields = fieldsOf(now, schema)
  const removed = oldFields.difference(nowFields)
  const gained = nowFields.difference(oldFields).union(modifiedFields(old, now, schema))
  const stored = Array.isArray(after.metadata.managedFields)
    ? after.metadata.managedFields
    : before?.metadata.managedFields
  const managers = managersOf(stored)
  const mine = managers.find(({ entry }) => isSame(entry, context, 'Update'))
  const others = reduced(
    managers.filter((manager) => manager !== mine),
    gained.union(removed),
  )
  const fields = (mine?.fields ?? new FieldSet()).difference(removed).union(gained)
  if (fields.isEmpty) return others
  if (mine && gained.isEmpty && removed.isEmpty) return [...others, mine.entry]
  const entry = entryOf(context, 'Update', fields, undefined)
  return [...others, entry]
}

/**
 * Server-side apply: lays `applied` over `live`, removes what this manager applied before and nobody else
 * owns, and records ownership. Throws 409 listing the conflicts unless `force`.
 */
export function serverSideApply(
  live: KubeObject | undefined,
  applied: KubeObject,
  context: WriteContext,
  force: boolean,
): KubeObject {
  const { schema } = context
  const wanted = { ...applied, metadata: { ...applied.metadata } }
  delete wanted.metadata.managedFields
  const appliedFields = fieldsOf(ownable(wanted, context), schema)
  const managers = managersOf(live?.metadata.managedFields)
  if (live && managers.length === 0) managers.push(beforeFirstApply(live, context))
  const mine = managers.find(({ entry }) => isSame(entry, context, 'Apply'))
  const others = managers.filter((manager) => manager !== mine)

  const base: KubeObject = live ?? { apiVersion: applied.apiVersion, kind: applied.kind, metadata: {} }
  const overlaid = overlay(base, wanted, context)
  const [before, after] = [ownable(base, context), ownable(overlaid, context)]
  const changed = fieldsOf(after, schema)
    .difference(fieldsOf(before, schema))
    .union(modifiedFields(before, after, schema))
  if (!force) assertNoConflicts(others, changed)
  const remaining = reduced(others, changed)

  let result = overlaid
  if (mine) {
    const dropped = mine.fields.difference(appliedFields)
    const kept = [appliedFields, ...managersOf(remaining).map(({ fields }) => fields)]
    result = removeFields(overlaid, schema, dropped, kept) as KubeObject
  }
  const entry = appliedFields.isEmpty ? [] : [entryOf(context, 'Apply', appliedFields, mine)]
  const managedFields = [...entry, ...remaining]
  return { ...result, metadata: { ...(result.metadata ?? {}), managedFields } }
}

/** Only what the endpoint can own is laid over; of metadata, the name must come along for a create. */
function overlay(base: KubeObject, wanted: KubeObject, context: WriteContext): KubeObject {
  const part = ownable(wanted, context)
  const merged = mergeTyped(base, part, context.schema) as KubeObject
  const { name, namespace } = wanted.metadata
  return {
    ...merged,
    apiVersion: wanted.apiVersion,
    kind: wanted.kind,
    metadata: { ...(name ? { name } : {}), ...(namespace ? { namespace } : {}), ...merged.metadata },
  }
}

/** The owner of everything that was there before anyone's ownership was recorded. */
function beforeFirstApply(live: KubeObject, context: WriteContext): Manager {
  const fields = fieldsOf(ownable(live, context), context.schema)
  const entry = entryOf({ ...context, manager: 'before-first-apply' }, 'Update', fields, undefined)
  return { entry, fields }
}

function assertNoConflicts(others: readonly Manager[], changed: FieldSet): void {
  const causes: StatusCause[] = []
  const byManager = new Map<string, string[]>()
  for (const { entry, fields } of others) {
    const owner = describeOwner(entry)
    for (const path of fields.intersection(changed).paths()) {
      causes.push({ reason: 'FieldManagerConflict', message: `conflict with ${owner}`, field: path })
      byManager.set(owner, [...(byManager.get(owner) ?? []), path])
    }
  }
  if (causes.length === 0) return
  const single = causes.length === 1
  const list = [...byManager]
    .sort()
    .map(([owner, paths]) => `conflicts with ${owner}:\n- ${paths.join('\n- ')}`)
  const message = single
    ? `Apply failed with 1 conflict: ${causes[0]!.message}: ${causes[0]!.field}`
    : `Apply failed with ${causes.length} conflicts: ${list.join('\n')}`
  throw new ApiError(409, 'Conflict', message, { causes })
}

function describeOwner(entry: ManagedFieldsEntry): string {
  const name = JSON.stringify(entry.manager ?? '')
  const via = entry.subresource ? `${name} with subresource ${JSON.stringify(entry.subresource)}` : name
  if (entry.operation === 'Apply') return via
  return entry.time ? `${via} using ${entry.apiVersion} at ${entry.time}` : `${via} using ${entry.apiVersion}`
}
