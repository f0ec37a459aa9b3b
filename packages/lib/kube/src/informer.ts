import { type KubeObject, keyOf, keyString, type ResourceType } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { Logger } from '@knative-ts/observability'
import { isExpired } from './api-error.ts'
import type { KubeClient } from './kube-client.ts'
import type { LabelMatcher } from './selectors.ts'

export interface ResourceHandler<T extends KubeObject> {
  onAdd?(object: T): void
  onUpdate?(before: T, after: T): void
  /** `object` is the last state known. */
  onDelete?(object: T): void
}

/** Read access to an informer's cache. Objects are shared: never change them. */
export interface Lister<T extends KubeObject> {
  get(namespace: string, name: string): T | undefined
  /** All objects, or those of one namespace and/or with matching labels. */
  list(filter?: { namespace?: string; labels?: LabelMatcher }): T[]
  /** Objects whose index function yielded `value`; see `Informer.addIndex`. */
  byIndex(index: string, value: string): T[]
}

export interface InformerScope {
  /** Empty or absent: all namespaces. */
  namespace?: string
  labelSelector?: string
  fieldSelector?: string
}

export interface InformerOptions<T extends KubeObject> {
  client: KubeClient
  type: ResourceType<T>
  scope: InformerScope
  clock: Clock
  logger: Logger
}

const listPageSize = 500
const backoffStartMs = 200
const backoffCapMs = 10_000

interface Index<T> {
  valuesOf: (object: T) => readonly string[]
  keys: Map<string, Set<string>>
}

/**
 * Keeps a local copy of all objects of a kind by list and watch. It survives every failure of the API
 * server: a broken watch resumes, an expired one lists again and reports only what differs.
 */
export class Informer<T extends KubeObject> {
  readonly type: ResourceType<T>
  readonly lister: Lister<T>
  readonly #options: InformerOptions<T>
  readonly #objects = new Map<string, T>()
  readonly #byNamespace = new Map<string, Map<string, T>>()
  readonly #indexes = new Map<string, Index<T>>()
  readonly #handlers = new Set<ResourceHandler<T>>()
  readonly #synced = Promise.withResolvers<void>()
  #hasSynced = false
  #started = false

  constructor(options: InformerOptions<T>) {
    this.#options = options
    this.type = options.type
    this.lister = {
      get: (namespace, name) => this.#objects.get(keyString({ namespace, name })),
      list: (filter) => this.#list(filter),
      byIndex: (index, value) => this.#byIndex(index, value),
    }
  }

  /** Resolves when the first list is in the cache and was handed to the handlers. */
  synced(): Promise<void> {
    return this.#synced.promise
  }

  get hasSynced(): boolean {
    return this.#hasSynced
  }

  /** Adds a handler; objects already in the cache are handed to it at once. Returns how to remove it. */
  addHandler(handler: ResourceHandler<T>): () => void {
    this.#handlers.add(handler)
    for (const object of this.#objects.values()) this.#guard(() => handler.onAdd?.(object))
    return () => this.#handlers.delete(handler)
  }

  /** Maintains a look-up from the values that `valuesOf` yields to the objects. */
  addIndex(name: string, valuesOf: (object: T) => readonly string[]): void {
    if (this.#indexes.has(name)) return
    const index: Index<T> = { valuesOf, keys: new Map() }
    this.#indexes.set(name, index)
    for (const [key, object] of this.#objects) addToIndex(index, key, object)
  }

  /** Lists and watches until `signal` aborts. Calling it again does nothing. */
  start(signal: AbortSignal): void {
    if (this.#started) return
    this.#started = true
    void this.#run(signal)
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { client, type, scope, clock, logger } = this.#options
    let resourceVersion: string | undefined
    let backoffMs = backoffStartMs
    while (!signal.aborted) {
      try {
        if (resourceVersion === undefined) {
          resourceVersion = await this.#relist()
          backoffMs = backoffStartMs
          this.#hasSynced = true
          this.#synced.resolve()
        }
        await client.watch(type, { ...scope, resourceVersion, signal }, (event) => {
          if (event.type === 'BOOKMARK') {
            resourceVersion = event.resourceVersion
            return
          }
          resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion
          if (event.type === 'DELETED') this.#remove(event.object)
          else this.#store(event.object)
        })
        backoffMs = backoffStartMs
      } catch (error) {
        if (signal.aborted) return
        if (isExpired(error)) {
          resourceVersion = undefined
          continue
        }
        logger.warn(`cannot watch ${type.plural}; trying again`, { error, retryMs: backoffMs })
        try {
          await clock.sleep(backoffMs * (0.75 + Math.random() / 2), signal)
        } catch {
          return
        }
        backoffMs = Math.min(backoffMs * 2, backoffCapMs)
      }
    }
  }

  async #relist(): Promise<string> {
    const { client, type, scope } = this.#options
    const seen = new Set<string>()
    let token: string | undefined
    let resourceVersion = ''
    do {
      const page = await client.list(type, {
        ...scope,
        limit: listPageSize,
        ...(token === undefined ? {} : { continue: token }),
      })
      for (const object of page.items) {
        seen.add(keyOf(object))
        this.#store(object)
      }
      token = page.continue
      resourceVersion = page.resourceVersion
    } while (token !== undefined)
    for (const [key, object] of this.#objects) if (!seen.has(key)) this.#remove(object)
    return resourceVersion
  }

  #store(object: T): void {
    const key = keyOf(object)
    const before = this.#objects.get(key)
    if (before && before.metadata.resourceVersion === object.metadata.resourceVersion) return
    if (object.metadata.managedFields !== undefined) delete object.metadata.managedFields
    if (before) for (const index of this.#indexes.values()) removeFromIndex(index, key, before)
    this.#objects.set(key, object)
    const namespace = object.metadata.namespace ?? ''
    const inNamespace = this.#byNamespace.get(namespace) ?? new Map<string, T>()
    this.#byNamespace.set(namespace, inNamespace.set(key, object))
    for (const index of this.#indexes.values()) addToIndex(index, key, object)
    for (const handler of this.#handlers) {
      this.#guard(() => (before ? handler.onUpdate?.(before, object) : handler.onAdd?.(object)))
    }
  }

  #remove(object: T): void {
    const key = keyOf(object)
    const before = this.#objects.get(key)
    if (!before) return
    this.#objects.delete(key)
    const inNamespace = this.#byNamespace.get(before.metadata.namespace ?? '')
    inNamespace?.delete(key)
    if (inNamespace?.size === 0) this.#byNamespace.delete(before.metadata.namespace ?? '')
    for (const index of this.#indexes.values()) removeFromIndex(index, key, before)
    for (const handler of this.#handlers) this.#guard(() => handler.onDelete?.(object))
  }

  /** One bad object must not end the watch. */
  #guard(call: () => void): void {
    try {
      call()
    } catch (error) {
      this.#options.logger.error(`a handler of ${this.type.plural} failed`, { error })
    }
  }

  #list(filter: { namespace?: string; labels?: LabelMatcher } = {}): T[] {
    const source = filter.namespace ? this.#byNamespace.get(filter.namespace) : this.#objects
    if (!source) return []
    const all = [...source.values()]
    const { labels } = filter
    return labels ? all.filter((object) => labels(object.metadata.labels)) : all
  }

  #byIndex(name: string, value: string): T[] {
    const index = this.#indexes.get(name)
    if (!index) throw new Error(`no index ${name} on ${this.type.plural}; add it with addIndex`)
    return [...(index.keys.get(value) ?? [])].map((key) => this.#objects.get(key)!)
  }
}

function addToIndex<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.valuesOf(object)) {
    const keys = index.keys.get(value)
    if (keys) keys.add(key)
    else index.keys.set(value, new Set([key]))
  }
}

function removeFromIndex<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.valuesOf(object)) {
    const keys = index.keys.get(value)
    keys?.delete(key)
    if (keys?.size === 0) index.keys.delete(value)
  }
}
