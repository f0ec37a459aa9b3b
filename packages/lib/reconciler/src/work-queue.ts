import type { Clock, Timer } from '@knative-ts/clock'

export interface WorkQueueOptions {
  clock: Clock
  /** First delay of a failing key; doubles with each failure. */
  baseDelayMs?: number
  /** Longest delay of a failing key. */
  maxDelayMs?: number
}

const defaultBaseDelayMs = 5
const defaultMaxDelayMs = 1_000_000
/** All failing keys together are retried at most this often, after a burst. */
const retriesPerSecond = 10
const retryBurst = 100

/**
 * Keys waiting to be worked on. A key is in the queue at most once and is never handed to two workers at
 * the same time: one added while it is being worked on comes again when that is done. Events go to the
 * fast lane; resyncs of everything go to the slow lane, which is served only when the fast one is empty.
 */
export class WorkQueue {
  readonly #clock: Clock
  readonly #baseDelayMs: number
  readonly #maxDelayMs: number
  readonly #fast = new Set<string>()
  readonly #slow = new Set<string>()
  readonly #processing = new Set<string>()
  readonly #again = new Set<string>()
  readonly #failures = new Map<string, number>()
  readonly #delayed = new Map<string, { dueMs: number; timer: Timer }>()
  readonly #waiters: ((key: string | undefined) => void)[] = []
  #retryTokens = retryBurst
  #tokensAtMs: number
  #closed = false

  constructor(options: WorkQueueOptions) {
    this.#clock = options.clock
    this.#baseDelayMs = options.baseDelayMs ?? defaultBaseDelayMs
    this.#maxDelayMs = options.maxDelayMs ?? defaultMaxDelayMs
    this.#tokensAtMs = options.clock.monotonic()
  }

  /** Keys waiting now, not counting delayed ones or those being worked on. */
  get depth(): number {
    return this.#fast.size + this.#slow.size
  }

  /** True when nothing waits and nothing is being worked on. */
  get idle(): boolean {
    return this.depth === 0 && this.#processing.size === 0
  }

  add(key: string): void {
    this.#slow.delete(key)
    this.#enqueue(key, this.#fast)
  }

  /** Adds to the slow lane, unless the key waits in the fast one already. */
  addSlow(key: string): void {
    if (!this.#fast.has(key)) this.#enqueue(key, this.#slow)
  }

  /** Adds after a delay; of several delays for one key the earliest counts. */
  addAfter(key: string, delayMs: number): void {
    if (this.#closed) return
    if (delayMs <= 0) {
      this.add(key)
      return
    }
    const dueMs = this.#clock.monotonic() + delayMs
    const pending = this.#delayed.get(key)
    if (pending && pending.dueMs <= dueMs) return
    pending?.timer.cancel()
    const timer = this.#clock.after(delayMs, () => {
      this.#delayed.delete(key)
      this.add(key)
    })
    this.#delayed.set(key, { dueMs, timer })
  }

  /** Adds after this key's back-off: `base · 2^failures`, not faster than the common retry rate. */
  addRateLimited(key: string): void {
    const failures = this.#failures.get(key) ?? 0
    this.#failures.set(key, failures + 1)
    const ownMs = Math.min(this.#baseDelayMs * 2 ** failures, this.#maxDelayMs)
    this.addAfter(key, Math.max(ownMs, this.#takeRetryToken()))
  }

  /** Forgets a key's failures. */
  forget(key: string): void {
    this.#failures.delete(key)
  }

  /** Failures of the key since it was last forgotten. */
  failuresOf(key: string): number {
    return this.#failures.get(key) ?? 0
  }

  /** The next key, waiting for one if need be; undefined once closed. Pair it with `done`. */
  next(): Promise<string | undefined> {
    if (this.#closed) return Promise.resolve(undefined)
    const key = this.#take()
    if (key !== undefined) return Promise.resolve(key)
    return new Promise((resolve) => this.#waiters.push(resolve))
  }

  /** Ends the work on a key; if it was added meanwhile it waits again. */
  done(key: string): void {
    this.#processing.delete(key)
    if (this.#again.delete(key)) this.add(key)
  }

  /** Drops everything that waits and releases waiting workers. */
  close(): void {
    this.#closed = true
    for (const { timer } of this.#delayed.values()) timer.cancel()
    this.#delayed.clear()
    this.#fast.clear()
    this.#slow.clear()
    for (const waiter of this.#waiters.splice(0)) waiter(undefined)
  }

  #enqueue(key: string, lane: Set<string>): void {
    if (this.#closed) return
    if (this.#processing.has(key)) {
      this.#again.add(key)
      return
    }
    lane.add(key)
    const waiter = this.#waiters.shift()
    if (waiter) waiter(this.#take())
  }

  #take(): string | undefined {
    for (const lane of [this.#fast, this.#slow]) {
      for (const key of lane) {
        lane.delete(key)
        this.#processing.add(key)
        return key
      }
    }
    return undefined
  }

  #takeRetryToken(): number {
    const nowMs = this.#clock.monotonic()
    const refill = ((nowMs - this.#tokensAtMs) / 1000) * retriesPerSecond
    this.#tokensAtMs = nowMs
    this.#retryTokens = Math.min(retryBurst, this.#retryTokens + refill) - 1
    return this.#retryTokens >= 0 ? 0 : (-this.#retryTokens / retriesPerSecond) * 1000
  }
}
