import type { Clock } from '@knative-ts/clock'

const firstDelayMs = 50
const defaultMaxDelayMs = 30_000
const retriesPerSecond = 50
const retryBurst = 100

/** How long to wait before an attempt: growing for each item, and bounded over all of them. */
export class RetryPace {
  readonly #clock: Clock
  readonly #maxDelayMs: number
  #tokens = retryBurst
  #atMs: number

  constructor(clock: Clock, maxDelayMs: number = defaultMaxDelayMs) {
    this.#clock = clock
    this.#maxDelayMs = maxDelayMs
    this.#atMs = clock.monotonic()
  }

  /** Milliseconds until the next attempt of an item that has failed `failures` times before. */
  delayMs(failures: number): number {
    const nowMs = this.#clock.monotonic()
    this.#tokens = Math.min(retryBurst, this.#tokens + ((nowMs - this.#atMs) / 1000) * retriesPerSecond) - 1
    this.#atMs = nowMs
    const ownMs = Math.min(firstDelayMs * 2 ** failures, this.#maxDelayMs)
    return this.#tokens >= 0 ? ownMs : Math.max(ownMs, (-this.#tokens / retriesPerSecond) * 1000)
  }
}
