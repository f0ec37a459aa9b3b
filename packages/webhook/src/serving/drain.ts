import type { Clock, Timer } from '@knative-ts/clock'

/**
 * Tells when a server that is about to stop has been left alone for long enough: clients learn only slowly
 * that it is going.
 */
export class Drain {
  readonly #clock: Clock
  readonly #quietMs: number
  readonly #drained = Promise.withResolvers<void>()
  #timer: Timer | undefined

  /** @param quietMs how long there must be no request before the server may stop */
  constructor(clock: Clock, quietMs: number) {
    this.#clock = clock
    this.#quietMs = quietMs
  }

  get draining(): boolean {
    return this.#timer !== undefined
  }

  /** Starts to wait; resolves when no request came for the quiet period. */
  start(): Promise<void> {
    if (!this.#timer) this.#wait()
    return this.#drained.promise
  }

  /** Notes a request. */
  noteRequest(): void {
    if (!this.#timer) return
    this.#timer.cancel()
    this.#wait()
  }

  #wait(): void {
    this.#timer = this.#clock.after(this.#quietMs, () => this.#drained.resolve())
  }
}
