/** What happened since the previous report. */
export interface ConcurrencyReport {
  /** Σ concurrency·Δt / Σ Δt; 0 if no time has passed. */
  readonly averageConcurrency: number
  /** The same over requests that came through an activator. */
  readonly averageProxiedConcurrency: number
  /** Arrivals, proxied ones included. */
  readonly requestCount: number
  readonly proxiedRequestCount: number
}

/**
 * Time-weighted concurrency of a stream of requests. Times are any monotonic milliseconds; a step back
 * counts as no time. Arrivals and departures are O(1) and allocate nothing.
 */
export class ConcurrencyStats {
  #lastMs: number
  #elapsedMs = 0
  #concurrency = 0
  #proxied = 0
  #concurrencyMs = 0
  #proxiedMs = 0
  #requestCount = 0
  #proxiedRequestCount = 0

  /** @param nowMs start of the first period */
  constructor(nowMs: number) {
    this.#lastMs = nowMs
  }

  /** Requests being served. */
  get concurrency(): number {
    return this.#concurrency
  }

  /** Counts a request in. */
  arrive(nowMs: number, proxied: boolean): void {
    this.#advance(nowMs)
    this.#concurrency++
    this.#requestCount++
    if (!proxied) return
    this.#proxied++
    this.#proxiedRequestCount++
  }

  /** Counts a request out; `proxied` as on arrival. */
  leave(nowMs: number, proxied: boolean): void {
    this.#advance(nowMs)
    this.#concurrency--
    if (proxied) this.#proxied--
  }

  /** Reports on the period that ends now and starts the next. */
  report(nowMs: number): ConcurrencyReport {
    this.#advance(nowMs)
    const elapsedMs = this.#elapsedMs
    const report: ConcurrencyReport = {
      averageConcurrency: elapsedMs > 0 ? this.#concurrencyMs / elapsedMs : 0,
      averageProxiedConcurrency: elapsedMs > 0 ? this.#proxiedMs / elapsedMs : 0,
      requestCount: this.#requestCount,
      proxiedRequestCount: this.#proxiedRequestCount,
    }
    this.#elapsedMs = 0
    this.#concurrencyMs = 0
    this.#proxiedMs = 0
    this.#requestCount = 0
    this.#proxiedRequestCount = 0
    return report
  }

  #advance(nowMs: number): void {
    const deltaMs = nowMs - this.#lastMs
    this.#lastMs = nowMs
    if (deltaMs <= 0) return
    this.#elapsedMs += deltaMs
    this.#concurrencyMs += this.#concurrency * deltaMs
    this.#proxiedMs += this.#proxied * deltaMs
  }
}
