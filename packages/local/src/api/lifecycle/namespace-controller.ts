import type { Clock } from '@knative-ts/clock'
import type { Change, Store } from '../storage/store.ts'
import { KeyedQueue } from './keyed-queue.ts'
import type { ObjectService } from './object-service.ts'

const rootCertificates = 'kube-root-ca.crt'

/** Gives every namespace its default ServiceAccount and the cluster's CA, and empties namespaces that are deleted. */
export class NamespaceController {
  readonly #store: Store
  readonly #objects: ObjectService
  readonly #caPem: string
  readonly #queue: KeyedQueue
  readonly #unsubscribe: () => void

  constructor(deps: {
    store: Store
    objects: ObjectService
    clock: Clock
    caPem: string
    onError: (key: string, error: unknown) => void
  }) {
    this.#store = deps.store
    this.#objects = deps.objects
    this.#caPem = deps.caPem
    this.#queue = new KeyedQueue(deps.clock, (name) => this.#process(name), deps.onError)
    this.#unsubscribe = deps.store.subscribe((change) => this.#observe(change))
    for (const namespace of deps.store.list('namespaces')) this.#queue.add(namespace.metadata.name ?? '')
  }

  /** Resolves when all work found so far is done. */
  idle(): Promise<void> {
    return this.#queue.idle()
  }

  async stop(): Promise<void> {
    this.#unsubscribe()
    await this.#queue.stop()
  }

  #observe({ resource, type, namespace, name }: Change): void {
    if (resource === 'namespaces') {
      if (type !== 'DELETED') this.#queue.add(name)
    } else if (namespace && type === 'DELETED') {
      const standard =
        resource === 'serviceaccounts' ? 'default' : resource === 'configmaps' ? rootCertificates : ''
      const terminating = this.#store.get('namespaces', '', namespace)?.metadata.deletionTimestamp
      if (terminating || name === standard) this.#queue.add(namespace)
    }
  }

  async #process(name: string): Promise<void> {
    const namespace = this.#store.get('namespaces', '', name)
    if (!namespace) return
    if (namespace.metadata.deletionTimestamp) await this.#empty(name)
    else await this.#furnish(name)
  }

  async #furnish(name: string): Promise<void> {
    if (!this.#store.get('serviceaccounts', name, 'default')) {
      const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } }
      await this.#objects.ensure('serviceaccounts', name, account)
    }
    if (!this.#store.get('configmaps', name, rootCertificates)) {
      const data = { 'ca.crt': this.#caPem }
      const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: rootCertificates }, data }
      await this.#objects.ensure('configmaps', name, map)
    }
  }

  async #empty(name: string): Promise<void> {
    for (const resource of this.#store.resourcesIn(name)) {
      for (const { metadata } of this.#store.list(resource, name)) {
        if (metadata.deletionTimestamp) continue
        await this.#objects.delete(
          { resource, namespace: name, name: metadata.name ?? '' },
          metadata.uid,
          'Background',
        )
      }
    }
    const namespace = this.#store.get('namespaces', '', name)
    if (!namespace || this.#store.resourcesIn(name).length > 0) return
    const emptied = { ...namespace, spec: { finalizers: [] } }
    if (namespace.metadata.finalizers?.length) this.#store.put('namespaces', emptied, namespace)
    else this.#store.remove('namespaces', namespace, emptied)
  }
}
