import type { KubeObject, ObjectMeta } from '../meta.ts'

let uid = 0

/** Metadata for a test object with what the API server would have filled in. */
export function testMeta(name: string, namespace = 'default', meta: ObjectMeta = {}): ObjectMeta {
  return { name, namespace, uid: `uid-${++uid}`, resourceVersion: '1', generation: 1, ...meta }
}

/** A copy of `object` with `change` applied to it, for table rows that differ in one point. */
export function withChange<T extends KubeObject>(object: T, change: (copy: T) => void): T {
  const copy = structuredClone(object)
  change(copy)
  return copy
}
