import { randomBytes } from 'node:crypto'
import { apiVersionOf, events, type KubeObject, type ResourceType, type V1Event } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { Logger } from '@knative-ts/observability'
import { isNotFound } from './api-error.ts'
import type { KubeClient } from './kube-client.ts'

export type EventType = 'Normal' | 'Warning'

/** Tells users what happened to an object; never fails and never waits. */
export interface EventRecorder {
  event<T extends KubeObject>(
    type: ResourceType<T>,
    object: T,
    eventType: EventType,
    reason: string,
    message: string,
  ): void
}

export interface ApiEventRecorderOptions {
  client: KubeClient
  clock: Clock
  logger: Logger
  /** Event source, e.g. `service-controller`. */
  component: string
  /** Namespace for events of cluster-scoped objects. */
  fallbackNamespace?: string
}

const remembered = 1000
const maxMessageLength = 1024

/** Writes events to the API; a repeat of the same event raises its count instead of making another. */
export class ApiEventRecorder implements EventRecorder {
  readonly #options: ApiEventRecorderOptions
  readonly #recent = new Map<string, { name: string; count: number; firstTimestamp: string }>()
  #queue: Promise<void> = Promise.resolve()

  constructor(options: ApiEventRecorderOptions) {
    this.#options = options
  }

  event<T extends KubeObject>(
    type: ResourceType<T>,
    object: T,
    eventType: EventType,
    reason: string,
    message: string,
  ): void {
    const namespace = object.metadata.namespace ?? this.#options.fallbackNamespace ?? 'default'
    const involved = {
      apiVersion: apiVersionOf(type),
      kind: type.kind,
      name: object.metadata.name,
      namespace: object.metadata.namespace,
      uid: object.metadata.uid,
      resourceVersion: object.metadata.resourceVersion,
    }
    const text = message.length > maxMessageLength ? `${message.slice(0, maxMessageLength - 1)}…` : message
    this.#queue = this.#queue
      .then(() => this.#write(namespace, involved, eventType, reason, text))
      .catch((error: unknown) => {
        this.#options.logger.debug('event not recorded', { error, reason })
      })
  }

  /** Resolves when everything recorded so far was written or given up. */
  async flush(): Promise<void> {
    await this.#queue
  }

  async #write(
    namespace: string,
    involvedObject: V1Event['involvedObject'],
    type: EventType,
    reason: string,
    message: string,
  ): Promise<void> {
    const { client, clock, component } = this.#options
    const now = `${new Date(clock.now()).toISOString().slice(0, 19)}Z`
    const id = [namespace, involvedObject.uid, type, reason, message].join('|')
    const before = this.#recent.get(id)
    if (before) {
      const count = before.count + 1
      try {
        await client.patch(events, namespace, before.name, {
          type: 'merge',
          body: { count, lastTimestamp: now },
        })
        this.#remember(id, { ...before, count })
        return
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
    }
    const name = `${involvedObject.name}.${randomBytes(8).toString('hex')}`
    await client.create(events, {
      metadata: { name, namespace },
      involvedObject,
      type,
      reason,
      message,
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
      source: { component },
      reportingComponent: component,
      reportingInstance: '',
    })
    this.#remember(id, { name, count: 1, firstTimestamp: now })
  }

  #remember(id: string, entry: { name: string; count: number; firstTimestamp: string }): void {
    this.#recent.delete(id)
    this.#recent.set(id, entry)
    if (this.#recent.size > remembered) {
      const [oldest] = this.#recent.keys()
      if (oldest !== undefined) this.#recent.delete(oldest)
    }
  }
}
