import type { Clock, Timer } from '@knative-ts/clock'

const firstRetryMs = 100
const maxRetryMs = 10_000

/** Runs one task per key at a time, all in turn; a key added while it waits runs once, one that fails runs again later. */
export class KeyedQueue {
  readonly #clock: Clock
  readonly #process: (key: string) => Promise<void>
  readonly #onError: (key: string, error: unknown) => void
  readonly #waiting = new Set<string>()
  readonly #failures = new Map<string, number>()
  readonly #retries = new Map<string, Timer>()
  #running: Promise<void> | undefined
  #stopped = false

  constructor(
    clock: Clock,
    process: (key: string) => Promise<void>,
    onError: (key: string, error: unknown) => void,
  ) {
    this.#clock = clock
    this.#process = process
    this.#onError = onError
  }

  /** Has `key` processed soon, never within this call. */
  add(key: string): void {
    if (this.#stopped) return
    this.#waiting.add(key)
    this.#running ??= this.#run()
  }

  /** Resolves when nothing waits or runs; retries that are yet to come do not count. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running
  }

  /** Forgets what waits, and resolves when what runs is done. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#waiting.clear()
    for (const timer of this.#retries.values()) timer.cancel()
    this.#retries.clear()
    await this.#running
  }

  async #run(): Promise<void> {
    await Promise.resolve()
    for (const key of this.#waiting) {
      this.#waiting.delete(key)
      try {
        await this.#process(key)
        this.#failures.delete(key)
      } catch (error) {
        this.#onError(key, error)
        this.#retryLater(key)
      }
    }
    this.#running = undefined
  }

  #retryLater(key: string): void {
    if (this.#stopped) return
    const failures = this.#failures.get(key) ?? 0
    this.#failures.set(key, failures + 1)
    this.#retries.get(key)?.cancel()
    const timer = this.#clock.after(Math.min(maxRetryMs, firstRetryMs * 2 ** failures), () => {
      this.#retries.delete(key)
      this.add(key)
    })
    this.#retries.set(key, timer)
  }
}
