import type { Clock, Timer } from '@knative-ts/clock'

/**
 * Waits until traffic has moved away: draining ends once `quietMs` have passed without a new request. Meanwhile probes are
 * to fail, so that no more is sent here.
 */
export class Drainer {
  readonly #clock: Clock
  readonly #quietMs: number
  #draining: { readonly done: Promise<void>; readonly finish: () => void } | undefined
  #timer: Timer | undefined
  #lastRequestMs = 0

  constructor(clock: Clock, quietMs: number) {
    this.#clock = clock
    this.#quietMs = quietMs
  }

  /** Whether probes are to fail. */
  get draining(): boolean {
    return this.#draining !== undefined
  }

  /** Starts draining, or joins it. Resolves when it is over or called off. */
  drain(): Promise<void> {
    if (!this.#draining) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#draining = { done: promise, finish: resolve }
      this.#lastRequestMs = this.#clock.monotonic()
      this.#timer = this.#clock.after(this.#quietMs, this.#check)
    }
    return this.#draining.done
  }

  /** Calls draining off: probes pass again. */
  reset(): void {
    this.#timer?.cancel()
    this.#draining?.finish()
    this.#draining = undefined
  }

  /** To be told of each user's request; costs nothing while not draining. */
  requestArrived(): void {
    if (this.#draining) this.#lastRequestMs = this.#clock.monotonic()
  }

  readonly #check = () => {
    const leftMs = this.#lastRequestMs + this.#quietMs - this.#clock.monotonic()
    if (leftMs > 0) this.#timer = this.#clock.after(leftMs, this.#check)
    else this.#draining?.finish()
  }
}
