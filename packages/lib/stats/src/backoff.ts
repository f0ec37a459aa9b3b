const firstDelayMs = 100
const factor = 1.3
const jitter = 0.5
const steps = 20

/** Delays between attempts to reconnect: 100 ms, growing by 1.3 with up to half as much again, over after 20 steps. */
export class Backoff {
  #step = 0
  readonly #random: () => number

  /** @param random yields numbers in [0, 1) */
  constructor(random: () => number = Math.random) {
    this.#random = random
  }

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    const baseMs = firstDelayMs * factor ** this.#step
    this.#step = (this.#step + 1) % steps
    return baseMs * (1 + jitter * this.#random())
  }

  /** Starts over, after a success. */
  reset(): void {
    this.#step = 0
  }
}
