import type { OwnerReference } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { KubeObject } from '../meta/kube-object.ts'
import { foregroundDeletion, orphanDependents } from '../resources/object-remover.ts'
import type { Change, ObjectKey, Store } from '../storage/store.ts'
import { DependentsIndex } from './dependents-index.ts'
import { KeyedQueue } from './keyed-queue.ts'
import type { ObjectService } from './object-service.ts'

/** Sorted out by whether the owner is there, gone, or waiting for its dependents to go first. */
interface Owners {
  readonly present: readonly OwnerReference[]
  readonly waiting: readonly OwnerReference[]
}

/**
 * Deletes objects whose owners are all gone, and lets deleted owners go that wait for their dependents
 * (`foregroundDeletion`) or for dependents to be set free (`orphan`). It works off the store's own change
 * feed, so an owner that is not in the store is certainly absent.
 */
export class GarbageCollector {
  readonly #store: Store
  readonly #objects: ObjectService
  readonly #index: DependentsIndex
  readonly #queue: KeyedQueue
  readonly #unsubscribe: () => void

  constructor(deps: {
    store: Store
    objects: ObjectService
    clock: Clock
    onError: (key: string, error: unknown) => void
  }) {
    this.#store = deps.store
    this.#objects = deps.objects
    this.#index = new DependentsIndex(deps.store)
    this.#queue = new KeyedQueue(
      deps.clock,
      (key) => this.#process(JSON.parse(key) as ObjectKey),
      deps.onError,
    )
    this.#unsubscribe = deps.store.subscribe((change) => this.#observe(change))
    for (const { key, object } of deps.store.entries()) this.#consider(key, object)
  }

  /** Resolves when all work found so far is done. */
  idle(): Promise<void> {
    return this.#queue.idle()
  }

  async stop(): Promise<void> {
    this.#unsubscribe()
    await this.#queue.stop()
  }

  #observe(change: Change): void {
    const { type, object, previous } = change
    const gone = type === 'DELETED'
    this.#index.update(change, previous, gone ? undefined : object)
    if (!gone) {
      this.#consider(change, object)
      if (waitsForDependents(object)) this.#addAll(this.#index.of(object.metadata.uid))
      return
    }
    this.#addAll(this.#index.of(object.metadata.uid))
    for (const { uid } of object.metadata.ownerReferences ?? []) {
      const owner = this.#store.findByUid(uid)
      if (owner) this.#add(owner)
    }
  }

  #consider(key: ObjectKey, { metadata }: KubeObject): void {
    if (metadata.ownerReferences?.length || metadata.deletionTimestamp) this.#add(key)
  }

  #add({ resource, namespace, name }: ObjectKey): void {
    this.#queue.add(JSON.stringify({ resource, namespace, name }))
  }

  #addAll(keys: readonly ObjectKey[]): void {
    for (const key of keys) this.#add(key)
  }

  async #process(key: ObjectKey): Promise<void> {
    const object = this.#store.get(key.resource, key.namespace, key.name)
    if (!object) return
    const { deletionTimestamp, finalizers = [], uid, ownerReferences = [] } = object.metadata
    if (deletionTimestamp) {
      if (finalizers.includes(orphanDependents)) await this.#orphan(key, uid!)
      else if (finalizers.includes(foregroundDeletion)) await this.#awaitDependents(key, uid!)
      return
    }
    if (ownerReferences.length > 0) await this.#judge(key, object, ownerReferences)
  }

  /** Deletes an object that no owner needs any more, or drops references to owners that are gone. */
  async #judge(key: ObjectKey, object: KubeObject, references: readonly OwnerReference[]): Promise<void> {
    const { present, waiting } = this.#sort(references)
    if (present.length === references.length) return
    if (present.length > 0) {
      const keep = new Set(present.map(({ uid }) => uid))
      await this.#objects.edit(key, ({ metadata }) => {
        metadata.ownerReferences = (metadata.ownerReferences ?? []).filter(({ uid }) => keep.has(uid))
      })
      return
    }
    const hasDependents = this.#index.of(object.metadata.uid).length > 0
    const policy = waiting.length > 0 && hasDependents ? 'Foreground' : policyOf(object)
    await this.#objects.delete(key, object.metadata.uid, policy)
  }

  #sort(references: readonly OwnerReference[]): Owners {
    const present: OwnerReference[] = []
    const waiting: OwnerReference[] = []
    for (const reference of references) {
      const at = this.#store.findByUid(reference.uid)
      const owner = at && this.#store.get(at.resource, at.namespace, at.name)
      if (!owner) continue
      if (waitsForDependents(owner)) waiting.push(reference)
      else present.push(reference)
    }
    return { present, waiting }
  }

  async #awaitDependents(key: ObjectKey, uid: string): Promise<void> {
    const blocking = this.#index.of(uid).filter((dependent) => {
      const object = this.#store.get(dependent.resource, dependent.namespace, dependent.name)
      return object?.metadata.ownerReferences?.some((owner) => owner.uid === uid && owner.blockOwnerDeletion)
    })
    if (blocking.length === 0) await this.#release(key, foregroundDeletion)
    else this.#addAll(this.#index.of(uid))
  }

  async #orphan(key: ObjectKey, uid: string): Promise<void> {
    for (const dependent of this.#index.of(uid)) {
      await this.#objects.edit(dependent, ({ metadata }) => {
        metadata.ownerReferences = (metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid)
        if (metadata.ownerReferences.length === 0) delete metadata.ownerReferences
      })
    }
    await this.#release(key, orphanDependents)
  }

  async #release(key: ObjectKey, finalizer: string): Promise<void> {
    await this.#objects.edit(key, ({ metadata }) => {
      metadata.finalizers = (metadata.finalizers ?? []).filter((other) => other !== finalizer)
    })
  }
}

function waitsForDependents({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(foregroundDeletion)
}

function policyOf({ metadata }: KubeObject): 'Background' | 'Foreground' | 'Orphan' {
  if (metadata.finalizers?.includes(orphanDependents)) return 'Orphan'
  return metadata.finalizers?.includes(foregroundDeletion) ? 'Foreground' : 'Background'
}
