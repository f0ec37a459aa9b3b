/** Length of a slot, which is how often a scale is decided. */
export const slotMs = 2000

/** Holds a scale up for a while: what counts is the largest scale wanted within the delay. */
export class ScaleDownDelay {
  readonly #pods: Float64Array
  readonly #slots: Float64Array

  /** @param delayMs more than 0 */
  constructor(delayMs: number) {
    const size = Math.ceil(delayMs / slotMs)
    this.#pods = new Float64Array(size)
    this.#slots = new Float64Array(size).fill(Number.NEGATIVE_INFINITY)
  }

  /** Notes the scale wanted now and returns the largest one of the delay. */
  hold(pods: number, nowMs: number): number {
    const slot = Math.trunc(Math.trunc(nowMs / 1000) / (slotMs / 1000))
    const size = this.#pods.length
    const index = slot % size
    if (this.#slots[index] !== slot) {
      this.#slots[index] = slot
      this.#pods[index] = pods
    } else this.#pods[index] = Math.max(this.#pods[index]!, pods)
    let most = 0
    for (let i = 0; i < size; i++) {
      if (this.#slots[i]! > slot - size) most = Math.max(most, this.#pods[i]!)
    }
    return most
  }
}
