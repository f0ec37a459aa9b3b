import { ApiError, expired, notFound } from '../errors.ts'
import { asRecord, type KubeObject } from '../meta/kube-object.ts'
import type { Store } from '../storage/store.ts'
import type { ListMeta } from '../table/table.ts'
import { isSelected, type ListOptions } from './list-options.ts'
import { presentAs, type ResourceKind } from './resource-kind.ts'

/** One page of a list, as its kind shows the objects. */
export interface Page {
  readonly items: readonly KubeObject[]
  readonly metadata: ListMeta
}

interface Snapshot {
  readonly revision: number
  readonly items: readonly KubeObject[]
}

const maxSnapshots = 64

/**
 * Reads objects. A list that does not fit its page is kept as it was, so that later pages belong to the same
 * revision; the oldest of too many such lists is forgotten, and continuing it is a 410.
 */
export class ObjectLister {
  readonly #store: Store
  readonly #snapshots = new Map<string, Snapshot>()
  #nextSnapshot = 1

  constructor(store: Store) {
    this.#store = store
  }

  /** One object. Throws 404. */
  get(kind: ResourceKind, namespace: string, name: string): KubeObject {
    const stored = this.#store.get(kind.storageKey, namespace, name)
    if (!stored) throw notFound(kind, name)
    return presentAs(kind, stored)
  }

  /** A page of the selected objects; of all namespaces when `namespace` is undefined. Throws 410 and 504. */
  list(kind: ResourceKind, namespace: string | undefined, options: ListOptions): Page {
    if (options.continueToken) return this.#continued(options.continueToken, options.limit)
    const revision = this.#store.revision
    assertKnown(options.resourceVersion, revision)
    if (options.resourceVersionMatch === 'Exact' && Number(options.resourceVersion) !== revision) {
      throw expired(`The resourceVersion for the provided list is too old.`)
    }
    const items = this.select(kind, namespace, options)
    return this.#page({ revision, items }, 0, options.limit, undefined)
  }

  /** All selected objects, unpaged. */
  select(kind: ResourceKind, namespace: string | undefined, options: ListOptions): KubeObject[] {
    const name = options.fields?.name
    if (name !== undefined && namespace !== undefined) {
      const stored = this.#store.get(kind.storageKey, namespace, name)
      const object = stored && presentAs(kind, stored)
      return object && isSelected(object, options) ? [object] : []
    }
    const all = this.#store.list(kind.storageKey, namespace).map((stored) => presentAs(kind, stored))
    return options.labels || options.fields ? all.filter((object) => isSelected(object, options)) : all
  }

  #page(snapshot: Snapshot, offset: number, limit: number, known: string | undefined): Page {
    const { items, revision } = snapshot
    const end = limit > 0 ? offset + limit : items.length
    const resourceVersion = String(revision)
    if (end >= items.length) {
      if (known) this.#snapshots.delete(known)
      return { items: offset === 0 ? items : items.slice(offset), metadata: { resourceVersion } }
    }
    const id = known ?? this.#keep(snapshot)
    const token = Buffer.from(JSON.stringify({ id, offset: end })).toString('base64url')
    return {
      items: items.slice(offset, end),
      metadata: { resourceVersion, continue: token, remainingItemCount: items.length - end },
    }
  }

  #keep(snapshot: Snapshot): string {
    const id = `${snapshot.revision}-${this.#nextSnapshot++}`
    this.#snapshots.set(id, snapshot)
    if (this.#snapshots.size > maxSnapshots) this.#snapshots.delete(this.#snapshots.keys().next().value!)
    return id
  }

  #continued(token: string, limit: number): Page {
    let position: Record<string, unknown> = {}
    try {
      position = asRecord(JSON.parse(Buffer.from(token, 'base64url').toString('utf8')))
    } catch {
      throw new ApiError(400, 'BadRequest', 'continue key is not valid')
    }
    const id = String(position['id'])
    const snapshot = this.#snapshots.get(id)
    if (!snapshot) {
      throw expired(
        'The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.',
      )
    }
    return this.#page(snapshot, Number(position['offset']), limit, id)
  }
}

function assertKnown(resourceVersion: string, current: number): void {
  if (Number(resourceVersion || 0) <= current) return
  throw new ApiError(504, 'Timeout', `Too large resource version: ${resourceVersion}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })
}
