import type { Clock } from '@knative-ts/clock'

/** Longer than a small program takes to start, shorter than people notice. */
const heldBackMs = 250

/**
 * Holds back writes that nobody waits for: news of pods that are still starting. Written at once it would be written again
 * when they are ready, and everyone who watches would take it in while the pods need the processor.
 */
export class UnhurriedWrites {
  readonly #clock: Clock
  readonly #dueMs = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** How long the write for `key` has to wait, milliseconds; 0 if it is due, and with it forgotten. */
  waitMs(key: string): number {
    const nowMs = this.#clock.monotonic()
    const dueMs = this.#dueMs.get(key) ?? nowMs + heldBackMs
    if (dueMs > nowMs) {
      this.#dueMs.set(key, dueMs)
      return dueMs - nowMs
    }
    this.#dueMs.delete(key)
    return 0
  }

  /** There is nothing to write for `key` any more. */
  forget(key: string): void {
    this.#dueMs.delete(key)
  }
}
