import type { Clock } from '@knative-ts/clock'
import { customKinds, customStorageKey } from '../crd/custom-kinds.ts'
import { definitionCleanup } from '../crd/definition-strategy.ts'
import type { ResourceRegistry } from '../resources/resource-registry.ts'
import type { Schema } from '../schema/schema.ts'
import type { Change, Store } from '../storage/store.ts'
import { KeyedQueue } from './keyed-queue.ts'
import type { ObjectService } from './object-service.ts'

const definitions = 'apiextensions.k8s.io/customresourcedefinitions'

/** Serves what CustomResourceDefinitions define from the moment they are written, and clears up when they are deleted. */
export class DefinitionController {
  readonly #store: Store
  readonly #registry: ResourceRegistry
  readonly #objects: ObjectService
  readonly #metadata: Schema
  readonly #queue: KeyedQueue
  readonly #unsubscribe: () => void

  constructor(deps: {
    store: Store
    registry: ResourceRegistry
    objects: ObjectService
    clock: Clock
    metadata: Schema
    onError: (key: string, error: unknown) => void
  }) {
    this.#store = deps.store
    this.#registry = deps.registry
    this.#objects = deps.objects
    this.#metadata = deps.metadata
    this.#queue = new KeyedQueue(deps.clock, (name) => this.#process(name), deps.onError)
    for (const definition of deps.store.list(definitions)) {
      for (const kind of customKinds(definition, deps.metadata)) deps.registry.add(kind)
      if (definition.metadata.deletionTimestamp) this.#queue.add(definition.metadata.name ?? '')
    }
    this.#unsubscribe = deps.store.subscribe((change) => this.#observe(change))
  }

  /** Resolves when all work found so far is done. */
  idle(): Promise<void> {
    return this.#queue.idle()
  }

  async stop(): Promise<void> {
    this.#unsubscribe()
    await this.#queue.stop()
  }

  #observe({ resource, type, object, name, previous }: Change): void {
    if (resource === definitions) {
      if (type === 'DELETED' || previous) this.#registry.removeStored(customStorageKey(object))
      if (type === 'DELETED') return
      for (const kind of customKinds(object, this.#metadata)) this.#registry.add(kind)
      if (object.metadata.deletionTimestamp) this.#queue.add(name)
    } else if (type === 'DELETED') {
      const [group, plural] = resource.split('/')
      const definition = plural ? this.#store.get(definitions, '', `${plural}.${group}`) : undefined
      if (definition?.metadata.deletionTimestamp) this.#queue.add(definition.metadata.name ?? '')
    }
  }

  async #process(name: string): Promise<void> {
    const definition = this.#store.get(definitions, '', name)
    if (!definition?.metadata.deletionTimestamp) return
    const resource = customStorageKey(definition)
    for (const { metadata } of this.#store.list(resource)) {
      if (metadata.deletionTimestamp) continue
      const key = { resource, namespace: metadata.namespace ?? '', name: metadata.name ?? '' }
      await this.#objects.delete(key, metadata.uid, 'Background')
    }
    if (this.#store.list(resource).length > 0) return
    const key = { resource: definitions, namespace: '', name }
    await this.#objects.edit(key, ({ metadata }) => {
      metadata.finalizers = (metadata.finalizers ?? []).filter((finalizer) => finalizer !== definitionCleanup)
    })
  }
}
