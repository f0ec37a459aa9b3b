import { deepEqual } from '../meta/deep-equal.ts'
import type { KubeObject } from '../meta/kube-object.ts'
import type { ResourceKind } from './resource-kind.ts'

const serverMetadata = [
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'namespace',
  'name',
  'resourceVersion',
  'selfLink',
  'generateName',
]

/** `wanted` with what its endpoint may not change taken from `current`. */
export function keepServerFields(
  kind: ResourceKind,
  wanted: KubeObject,
  current: KubeObject,
  subresource: string,
): KubeObject {
  const object: KubeObject = { ...wanted, metadata: { ...wanted.metadata } }
  if (subresource === 'status') {
    const metadata = { ...current.metadata }
    if (!kind.custom) {
      for (const field of ['labels', 'annotations']) {
        if (wanted.metadata[field] !== undefined) metadata[field] = wanted.metadata[field]
      }
    }
    if (wanted.metadata.managedFields) metadata.managedFields = wanted.metadata.managedFields
    const { status, ...rest } = current
    const next = wanted['status'] ?? (kind.custom ? undefined : status)
    return {
      ...structuredClone(rest),
      metadata,
      ...(next === undefined ? {} : { status: next }),
    } as KubeObject
  }
  if (kind.status) {
    if (current['status'] === undefined) delete object['status']
    else object['status'] = structuredClone(current['status'])
  }
  for (const field of serverMetadata) {
    if (current.metadata[field] === undefined) delete object.metadata[field]
    else object.metadata[field] = current.metadata[field]
  }
  return object
}

const observed = new Set(['apiVersion', 'kind', 'metadata'])

/** True when anything but metadata (and, where it is apart, status) differs. */
export function desiredChanged(kind: ResourceKind, object: KubeObject, old: KubeObject): boolean {
  const keys = new Set([...Object.keys(object), ...Object.keys(old)])
  for (const key of keys) {
    if (observed.has(key) || (key === 'status' && kind.status)) continue
    if (!deepEqual(object[key], old[key])) return true
  }
  return false
}

/** True when a write would change nothing but whose fields they are and since when. */
export function sameContent(object: KubeObject, current: KubeObject): boolean {
  const strip = ({ metadata, ...rest }: KubeObject) => ({
    ...rest,
    metadata: {
      ...metadata,
      resourceVersion: undefined,
      managedFields: metadata.managedFields?.map((entry) => ({ ...entry, time: undefined })),
    },
  })
  return deepEqual(strip(object), strip(current))
}
