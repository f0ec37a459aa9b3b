import type { KubeObject, ResourceType } from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import type { KubeClient } from '@knative-ts/kube'
import { MeasurementError } from './errors.ts'

type Objects<T> = ReadonlyMap<string, T>

/** Watches the objects of a kind in a namespace, so that waiting for something costs the cluster nothing. */
export class Observer<T extends KubeObject> {
  readonly #type: ResourceType<T>
  readonly #objects = new Map<string, T>()
  readonly #waiting = new Set<() => void>()
  readonly #stop = new AbortController()

  private constructor(type: ResourceType<T>) {
    this.#type = type
  }

  /** Resolves once everything that is there has been seen. */
  static async start<T extends KubeObject>(
    client: KubeClient,
    type: ResourceType<T>,
    namespace: string,
  ): Promise<Observer<T>> {
    const observer = new Observer(type)
    const { items, resourceVersion } = await client.list(type, { namespace })
    for (const object of items) observer.#objects.set(object.metadata.name ?? '', object)
    void observer.#watch(client, namespace, resourceVersion)
    return observer
  }

  stop(): void {
    this.#stop.abort()
  }

  /**
   * When `holds` became true of the objects by their names: monotonic milliseconds, now if it is so already.
   * @throws MeasurementError NOT_IN_TIME saying `what` was waited for
   */
  async until(what: string, holds: (objects: Objects<T>) => boolean, withinMs: number): Promise<number> {
    if (holds(this.#objects)) return systemClock.monotonic()
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const look = () => {
      if (holds(this.#objects)) resolve(systemClock.monotonic())
    }
    this.#waiting.add(look)
    const timer = systemClock.after(withinMs, () =>
      reject(new MeasurementError('NOT_IN_TIME', `${what}: not within ${withinMs / 1000} s`)),
    )
    try {
      return await promise
    } finally {
      timer.cancel()
      this.#waiting.delete(look)
    }
  }

  async #watch(client: KubeClient, namespace: string, since: string): Promise<void> {
    const { signal } = this.#stop
    let resourceVersion = since
    while (!signal.aborted) {
      await client.watch(this.#type, { namespace, resourceVersion, signal }, (event) => {
        if (event.type === 'BOOKMARK') {
          resourceVersion = event.resourceVersion
          return
        }
        const { metadata } = event.object
        resourceVersion = metadata.resourceVersion ?? resourceVersion
        if (event.type === 'DELETED') this.#objects.delete(metadata.name ?? '')
        else this.#objects.set(metadata.name ?? '', event.object)
        for (const look of this.#waiting) look()
      })
    }
  }
}
