import type { Clock, Timer } from '@knative-ts/clock'
import { asString, type KubeObject, valueAt } from '../meta/kube-object.ts'
import type { Store } from '../storage/store.ts'

/** How long Kubernetes keeps events, by default. */
const lifetimeMs = 60 * 60_000
const checkEveryMs = 5 * 60_000

/** Drops events that nobody has repeated for an hour. */
export class EventExpiry {
  readonly #timer: Timer

  constructor(store: Store, clock: Clock) {
    const dropOld = () => {
      for (const event of store.list('events')) {
        if (lastSeenMs(event) + lifetimeMs <= clock.now()) store.remove('events', event)
      }
    }
    dropOld()
    this.#timer = clock.every(checkEveryMs, dropOld)
  }

  stop(): void {
    this.#timer.cancel()
  }
}

function lastSeenMs(event: KubeObject): number {
  const times = [
    event.metadata.creationTimestamp,
    asString(event['eventTime']),
    asString(event['lastTimestamp']),
    asString(valueAt(event, ['series', 'lastObservedTime'])),
  ]
  return Math.max(...times.map((time) => Date.parse(time ?? '')).filter((time) => !Number.isNaN(time)))
}
