import type { KubeObject } from '../meta/kube-object.ts'
import type { ChangeLog, ChangeType } from './change-log.ts'

/** Where an object is kept: its resource (`apps/deployments`), namespace (empty if cluster-wide) and name. */
export interface ObjectKey {
  readonly resource: string
  readonly namespace: string
  readonly name: string
}

/** One committed write. `object` is the object as written; for a deletion, its last state. */
export interface Change extends ObjectKey {
  readonly type: ChangeType
  readonly revision: number
  readonly object: KubeObject
  readonly previous: KubeObject | undefined
  /** `object` as JSON, shared by everyone who has to send it. */
  readonly json: string
  /** Encoded watch frames, filled on demand so that each form is encoded once for all watchers. */
  readonly frames: Map<string, Buffer>
}

/** What a compare-and-swap found instead of the expected revision. */
export type WriteOutcome = { readonly ok: true; readonly change: Change } | { readonly ok: false }

/**
 * All objects, decoded and indexed in memory and written through to a `ChangeLog`. Every write gets the
 * next revision of one counter, and is atomic since nothing here waits.
 */
export class Store {
  readonly #log: ChangeLog
  readonly #resources = new Map<string, Map<string, KubeObject>>()
  readonly #byUid = new Map<string, ObjectKey>()
  readonly #listeners = new Set<(change: Change) => void>()
  #revision: number

  constructor(log: ChangeLog) {
    this.#log = log
    this.#revision = log.lastRevision
    for (const { key, object } of log.load()) this.#index(key, object)
  }

  /** The revision of the latest write. */
  get revision(): number {
    return this.#revision
  }

  get(resource: string, namespace: string, name: string): KubeObject | undefined {
    return this.#resources.get(resource)?.get(entryKey(namespace, name))
  }

  /** Where the object with this uid is, if it exists. */
  findByUid(uid: string): ObjectKey | undefined {
    return this.#byUid.get(uid)
  }

  /** Objects of a resource by namespace, then name; all namespaces when `namespace` is undefined. */
  list(resource: string, namespace?: string): KubeObject[] {
    const all = this.#resources.get(resource)
    if (!all) return []
    const keys = [...all.keys()].sort()
    const wanted = namespace === undefined ? keys : keys.filter((key) => key.startsWith(`${namespace}/`))
    return wanted.map((key) => all.get(key)!)
  }

  /** Every stored object with its key, in no order. */
  *entries(): Generator<{ key: ObjectKey; object: KubeObject }> {
    for (const [resource, all] of this.#resources) {
      for (const object of all.values()) yield { key: keyOf(resource, object), object }
    }
  }

  /** Names of resources that hold at least one object in `namespace`. */
  resourcesIn(namespace: string): string[] {
    const prefix = `${namespace}/`
    return [...this.#resources]
      .filter(([, all]) => all.keys().some((key) => key.startsWith(prefix)))
      .map(([resource]) => resource)
  }

  /**
   * Writes `object` if what is stored under its name still is `expected` (undefined: nothing). The stored
   * copy carries the new resourceVersion.
   */
  put(resource: string, object: KubeObject, expected: KubeObject | undefined): WriteOutcome {
    const key = keyOf(resource, object)
    const current = this.get(resource, key.namespace, key.name)
    if (current !== expected) return { ok: false }
    const revision = this.#revision + 1
    const stored: KubeObject = {
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(revision) },
    }
    return this.#commit(key, current ? 'MODIFIED' : 'ADDED', revision, stored, current)
  }

  /** Removes the object if what is stored still is `expected`. The change carries `last` as its final state. */
  remove(resource: string, expected: KubeObject, last: KubeObject = expected): WriteOutcome {
    const key = keyOf(resource, expected)
    const current = this.get(resource, key.namespace, key.name)
    if (current !== expected) return { ok: false }
    const revision = this.#revision + 1
    const final: KubeObject = { ...last, metadata: { ...last.metadata, resourceVersion: String(revision) } }
    return this.#commit(key, 'DELETED', revision, final, current)
  }

  /** Calls `listener` after each write, in order, until the returned function is called. */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Writes to `resource` after `revision`, oldest first; undefined when they are no longer all known. */
  changesSince(resource: string, revision: number): Change[] | undefined {
    return this.#log.changesSince(resource, revision)
  }

  #commit(
    key: ObjectKey,
    type: ChangeType,
    revision: number,
    object: KubeObject,
    previous: KubeObject | undefined,
  ): WriteOutcome {
    const json = JSON.stringify(object)
    const replaced = Number(previous?.metadata.resourceVersion ?? 0)
    this.#log.append({ ...key, type, revision, json, replaced })
    this.#revision = revision
    if (type === 'DELETED') this.#unindex(key, object)
    else this.#index(key, object)
    const change: Change = { ...key, type, revision, object, previous, json, frames: new Map() }
    for (const listener of this.#listeners) listener(change)
    return { ok: true, change }
  }

  #index(key: ObjectKey, object: KubeObject): void {
    let all = this.#resources.get(key.resource)
    if (!all) {
      all = new Map()
      this.#resources.set(key.resource, all)
    }
    all.set(entryKey(key.namespace, key.name), object)
    if (object.metadata.uid) this.#byUid.set(object.metadata.uid, key)
  }

  #unindex(key: ObjectKey, object: KubeObject): void {
    this.#resources.get(key.resource)?.delete(entryKey(key.namespace, key.name))
    if (object.metadata.uid) this.#byUid.delete(object.metadata.uid)
  }
}

function keyOf(resource: string, object: KubeObject): ObjectKey {
  return { resource, namespace: object.metadata.namespace ?? '', name: object.metadata.name ?? '' }
}

function entryKey(namespace: string, name: string): string {
  return `${namespace}/${name}`
}
