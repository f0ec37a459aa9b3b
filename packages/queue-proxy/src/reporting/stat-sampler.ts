import type { Clock, Timer } from '@knative-ts/clock'
import type { ConcurrencyStats } from '@knative-ts/http-proxy'
import type { Stat } from '@knative-ts/stats'

/** Length of a reporting period, milliseconds. */
const periodMs = 1_000

/** Turns the counts of the last whole period into the stat that the autoscaler reads. */
export class StatSampler {
  readonly #clock: Clock
  readonly #stats: ConcurrencyStats
  readonly #startMs: number
  #latest: Stat
  #timer: Timer | undefined

  /** @param podName ours, under which the stat is filed */
  constructor(podName: string, stats: ConcurrencyStats, clock: Clock) {
    this.#clock = clock
    this.#stats = stats
    this.#startMs = clock.monotonic()
    this.#latest = {
      podName,
      averageConcurrentRequests: 0,
      averageProxiedConcurrentRequests: 0,
      requestCount: 0,
      proxiedRequestCount: 0,
      processUptime: 0,
      timestamp: 0,
    }
  }

  /** Of the last whole period; before the first has passed only the name is set. */
  get latest(): Stat {
    return this.#latest
  }

  start(): void {
    this.#timer = this.#clock.every(periodMs, () => this.#sample())
  }

  stop(): void {
    this.#timer?.cancel()
  }

  #sample(): void {
    const nowMs = this.#clock.monotonic()
    const report = this.#stats.report(nowMs)
    const periodSeconds = periodMs / 1000
    this.#latest = {
      podName: this.#latest.podName,
      averageConcurrentRequests: report.averageConcurrency,
      averageProxiedConcurrentRequests: report.averageProxiedConcurrency,
      requestCount: report.requestCount / periodSeconds,
      proxiedRequestCount: report.proxiedRequestCount / periodSeconds,
      processUptime: (nowMs - this.#startMs) / 1000,
      timestamp: 0,
    }
  }
}
