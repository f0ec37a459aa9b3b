import type { KubeObject } from '../meta/kube-object.ts'
import type { ObjectKey, Store } from '../storage/store.ts'

/** Which objects name which owner, by the owner's uid. */
export class DependentsIndex {
  readonly #byOwner = new Map<string, Map<string, ObjectKey>>()

  constructor(store: Store) {
    for (const { key, object } of store.entries()) this.#add(key, object)
  }

  /** Brings the index up to date with a write. */
  update(key: ObjectKey, previous: KubeObject | undefined, current: KubeObject | undefined): void {
    for (const { uid } of previous?.metadata.ownerReferences ?? []) {
      const dependents = this.#byOwner.get(uid)
      dependents?.delete(textOf(key))
      if (dependents?.size === 0) this.#byOwner.delete(uid)
    }
    if (current) this.#add(key, current)
  }

  /** Objects that name the owner with this uid. */
  of(uid: string | undefined): ObjectKey[] {
    return [...(this.#byOwner.get(uid ?? '')?.values() ?? [])]
  }

  #add(key: ObjectKey, object: KubeObject): void {
    for (const { uid } of object.metadata.ownerReferences ?? []) {
      const dependents = this.#byOwner.get(uid) ?? new Map<string, ObjectKey>()
      this.#byOwner.set(uid, dependents)
      dependents.set(textOf(key), { resource: key.resource, namespace: key.namespace, name: key.name })
    }
  }
}

function textOf(key: ObjectKey): string {
  return `${key.resource} ${key.namespace} ${key.name}`
}
