/** Requests that a pod which just came up is given before it has answered any. */
export const rampStart = 32
/** A pod that holds this many without getting slower needs no ramp any longer. */
export const rampEnough = 1024
/** Trouble doesn't bring the limit below this. */
const rampFloor = 8
/** An answer this much slower than the fastest still counts as just as fast. */
const toleratedFactor = 2
const toleratedMs = 10

/**
 * How many requests at a time a new pod of a revision without a concurrency limit is given while many wait.
 * Begins small and grows by one with each answer that comes about as fast as the fastest so far, that is,
 * doubles per round trip; a pod that gets slower holds what it can hold, and is given no more. Plain state: who
 * uses it brings the durations.
 */
export class PodRamp {
  #limit = rampStart
  #fastestMs = Number.POSITIVE_INFINITY
  #silent = true

  /** Requests at a time. */
  get limit(): number {
    return this.#limit
  }

  /** Whether the pod has shown that it needs no limit. */
  get done(): boolean {
    return this.#limit >= rampEnough
  }

  /** The pod began to answer a request `tookMs` after it was sent. */
  answered(tookMs: number): void {
    this.#silent = false
    if (tookMs < this.#fastestMs) this.#fastestMs = tookMs
    if (tookMs <= this.#fastestMs * toleratedFactor + toleratedMs) this.#limit++
  }

  /** The pod failed or turned away a request. */
  overwhelmed(): void {
    this.#silent = false
    this.#limit = Math.max(rampFloor, this.#limit >>> 1)
  }

  /**
   * A second went by. A pod that said nothing at all in it serves requests that take long (or hangs): others
   * needn't wait for those.
   */
  secondPassed(): void {
    if (this.#silent) this.#limit += rampStart
    this.#silent = true
  }
}
