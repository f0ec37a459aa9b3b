import type { NamespacedName } from '@knative-ts/apis'
import type { Clock, Timer } from '@knative-ts/clock'
import { ConcurrencyStats } from '@knative-ts/http-proxy'
import type { RevisionLoad } from '@knative-ts/stats'

/** How often the load of all busy revisions is reported. */
export const reportIntervalMs = 1000

export interface ConcurrencyReporterOptions {
  readonly clock: Clock
  /** Sends loads to the autoscaler. */
  readonly send: (loads: readonly RevisionLoad[]) => void
  /** Sees each period's loads as well. */
  readonly onPeriod?: (loads: readonly RevisionLoad[]) => void
}

interface Busy {
  readonly revision: NamespacedName
  readonly stats: ConcurrencyStats
  /** Requests of this period that were reported already, by themselves. */
  alreadyReported: number
}

/**
 * Tells the autoscaler how many requests each revision has here, those that wait for a pod included. The
 * first request of an idle revision is reported at once, since it may be what starts the first pod; after
 * that each second, until a whole second went by without any.
 */
export class ConcurrencyReporter {
  readonly #options: ConcurrencyReporterOptions
  readonly #busy = new Map<string, Busy>()
  #timer: Timer | undefined

  constructor(options: ConcurrencyReporterOptions) {
    this.#options = options
  }

  /** Begins periodic reports. */
  start(): void {
    this.#timer = this.#options.clock.every(reportIntervalMs, () => this.report())
  }

  /** Ends periodic reports. */
  close(): void {
    this.#timer?.cancel()
  }

  /**
   * Counts a request in.
   * @param key `namespace/name` of `revision`; both are given so that neither is built per request
   */
  arrive(key: string, revision: NamespacedName): void {
    const nowMs = this.#options.clock.monotonic()
    let busy = this.#busy.get(key)
    if (!busy) {
      busy = { revision, stats: new ConcurrencyStats(nowMs), alreadyReported: 1 }
      this.#busy.set(key, busy)
      this.#options.send([load(revision, 1, 1, false)])
    }
    busy.stats.arrive(nowMs, false)
  }

  /** Counts a request out. */
  leave(key: string): void {
    this.#busy.get(key)?.stats.leave(this.#options.clock.monotonic(), false)
  }

  /** Reports on the period that ends now; nothing is sent when no revision is busy. */
  report(): void {
    const nowMs = this.#options.clock.monotonic()
    const loads: RevisionLoad[] = []
    for (const [key, busy] of this.#busy) {
      const { averageConcurrency, requestCount } = busy.stats.report(nowMs)
      const unreported = Math.max(averageConcurrency - busy.alreadyReported, 0)
      const count = requestCount - busy.alreadyReported
      busy.alreadyReported = 0
      const waiting = busy.stats.concurrency > 0
      const concurrency = unreported === 0 && waiting && count > 0 ? busy.stats.concurrency : unreported
      const idle = averageConcurrency === 0 && !waiting
      // Zero would let the autoscaler scale down what a request waits for.
      if (concurrency > 0 || count > 0 || !waiting) loads.push(load(busy.revision, concurrency, count, idle))
      if (idle) this.#busy.delete(key)
    }
    if (loads.length > 0) this.#options.send(loads)
    this.#options.onPeriod?.(loads)
  }
}

function load(
  revision: NamespacedName,
  averageConcurrentRequests: number,
  requestCount: number,
  idle: boolean,
): RevisionLoad {
  const { namespace, name } = revision
  return { namespace, revision: name, averageConcurrentRequests, requestCount, idle }
}
