import type { ObjectMeta as WireMeta } from '@knative-ts/apis'

/** A JSON object whose members have not been looked at yet. */
export type JsonRecord = Record<string, unknown>

/** Which fields one manager owns through one operation on one version. */
export interface ManagedFieldsEntry {
  manager?: string
  operation: 'Apply' | 'Update'
  apiVersion: string
  time?: string
  fieldsType?: string
  fieldsV1?: JsonRecord
  subresource?: string
}

/** The metadata that the server itself reads or writes. */
export interface ObjectMeta extends WireMeta {
  managedFields?: ManagedFieldsEntry[]
  [field: string]: unknown
}

/** Any API object. Objects in the store are never changed in place: copy before writing. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  [field: string]: unknown
}

/** True for JSON objects: neither null nor an array. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `value` when it is a JSON object, else an empty one. */
export function asRecord(value: unknown): JsonRecord {
  return isRecord(value) ? value : {}
}

/** `value` when it is an array, else an empty one. */
export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** `value` when it is a string, else undefined. */
export function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The value at `path`, or undefined as soon as a step is missing. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value
  for (const step of path) {
    if (!isRecord(at)) return undefined
    at = at[step]
  }
  return at
}

/** The JSON object at `path` below `root`, created where it is missing. */
export function recordAt(root: JsonRecord, path: readonly string[]): JsonRecord {
  let at = root
  for (const step of path) {
    const next = at[step]
    if (isRecord(next)) at = next
    else {
      const made: JsonRecord = {}
      at[step] = made
      at = made
    }
  }
  return at
}

/** An instant as Kubernetes writes `metav1.Time`: RFC 3339 in whole seconds. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
