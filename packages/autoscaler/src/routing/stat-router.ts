import type { Clock, Timer } from '@knative-ts/clock'
import type { Logger } from '@knative-ts/observability'
import type { Stat } from '@knative-ts/stats'
import type { BucketOwner } from './bucket-owners.ts'

const retryEveryMs = 500
const maxRetries = 30
const queueCapacity = 1000

export interface StatRouterOptions {
  clock: Clock
  logger: Logger
  ownerOf: (key: string) => BucketOwner
  /** Takes in a stat of a revision that is ours. */
  accept: (key: string, timeSeconds: number, stat: Stat) => void
  /** Sends a stat to the autoscaler that holds the bucket; rejects if that fails. */
  forward: (
    to: { bucket: string; ip: string },
    namespace: string,
    revision: string,
    stat: Stat,
  ) => Promise<void>
}

/** Brings each stat to the autoscaler that leads its revision, waiting a while if nobody does. */
export class StatRouter {
  readonly #options: StatRouterOptions
  readonly #waiting = new Set<Timer>()

  constructor(options: StatRouterOptions) {
    this.#options = options
  }

  /** Routes a stat; one without a time gets the present one, so that a detour does not shift it. */
  route(namespace: string, revision: string, stat: Stat): void {
    const timestamp = stat.timestamp || Math.floor(this.#options.clock.now() / 1000)
    this.#attempt(namespace, revision, { ...stat, timestamp }, 0)
  }

  /** Drops what still waits. */
  close(): void {
    for (const timer of this.#waiting) timer.cancel()
    this.#waiting.clear()
  }

  #attempt(namespace: string, revision: string, stat: Stat, tries: number): void {
    const { ownerOf, accept, forward } = this.#options
    const key = `${namespace}/${revision}`
    const owner = ownerOf(key)
    if (owner.kind === 'self') accept(key, stat.timestamp, stat)
    else if (owner.kind === 'unknown') this.#later(namespace, revision, stat, tries)
    else {
      forward(owner, namespace, revision, stat).catch(() => this.#later(namespace, revision, stat, tries))
    }
  }

  #later(namespace: string, revision: string, stat: Stat, tries: number): void {
    const { clock, logger } = this.#options
    if (tries >= maxRetries || this.#waiting.size >= queueCapacity) {
      logger.warn('Exceeding max retries. Dropping the stat.', {
        'knative.dev/key': `${namespace}/${revision}`,
      })
      return
    }
    const timer = clock.after(retryEveryMs, () => {
      this.#waiting.delete(timer)
      this.#attempt(namespace, revision, stat, tries + 1)
    })
    this.#waiting.add(timer)
  }
}
