import { apiVersionOf, type KubeObject, type ResourceType } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { Logger } from '@knative-ts/observability'
import { Informer, type InformerScope } from './informer.ts'
import type { KubeClient } from './kube-client.ts'

export interface InformerFactoryOptions {
  client: KubeClient
  clock: Clock
  logger: Logger
}

/** Hands out one informer per kind and scope, so that all parts of a process share one copy and one watch. */
export class InformerFactory {
  readonly #options: InformerFactoryOptions
  readonly #informers = new Map<string, Informer<KubeObject>>()
  #signal: AbortSignal | undefined

  constructor(options: InformerFactoryOptions) {
    this.#options = options
  }

  /** The informer of this kind and scope; it starts with the factory, or at once if that has started. */
  informer<T extends KubeObject>(type: ResourceType<T>, scope: InformerScope = {}): Informer<T> {
    const id = [
      apiVersionOf(type),
      type.plural,
      scope.namespace ?? '',
      scope.labelSelector ?? '',
      scope.fieldSelector ?? '',
    ].join('|')
    const existing = this.#informers.get(id)
    if (existing) return existing as unknown as Informer<T>
    const informer = new Informer<T>({ ...this.#options, type, scope })
    this.#informers.set(id, informer as unknown as Informer<KubeObject>)
    if (this.#signal) informer.start(this.#signal)
    return informer
  }

  /** Starts every informer asked for so far and later; they stop when `signal` aborts. */
  start(signal: AbortSignal): void {
    this.#signal = signal
    for (const informer of this.#informers.values()) informer.start(signal)
  }

  /** Resolves when all informers asked for so far have their first list. */
  async synced(): Promise<void> {
    await Promise.all([...this.#informers.values()].map((informer) => informer.synced()))
  }
}
