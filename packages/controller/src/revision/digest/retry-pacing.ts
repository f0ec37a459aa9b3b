import type { Clock } from '@knative-ts/clock'

const firstRetryMs = 1000
const longestRetryMs = 1_000_000
const startsPerSecond = 10
const startBurst = 100

/**
 * When an attempt may start: each item's first at once, its later ones after growing delays, and all
 * together not faster than ten a second after a burst of a hundred.
 */
export class RetryPacing {
  readonly #clock: Clock
  readonly #attempts = new Map<string, number>()
  #tokens = startBurst
  #tokensAtMs: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#tokensAtMs = clock.monotonic()
  }

  /** Counts an attempt and returns for how many milliseconds it must wait. */
  nextDelayMs(item: string): number {
    const attempts = this.#attempts.get(item) ?? 0
    this.#attempts.set(item, attempts + 1)
    const ownMs = attempts === 0 ? 0 : Math.min(firstRetryMs * 2 ** (attempts - 1), longestRetryMs)
    return Math.max(ownMs, this.#takeToken())
  }

  forget(item: string): void {
    this.#attempts.delete(item)
  }

  #takeToken(): number {
    const nowMs = this.#clock.monotonic()
    const refill = ((nowMs - this.#tokensAtMs) / 1000) * startsPerSecond
    this.#tokensAtMs = nowMs
    this.#tokens = Math.min(startBurst, this.#tokens + refill) - 1
    return this.#tokens >= 0 ? 0 : (-this.#tokens / startsPerSecond) * 1000
  }
}
