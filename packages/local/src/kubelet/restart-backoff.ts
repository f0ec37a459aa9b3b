const firstMs = 10_000
const capMs = 300_000
/** A run this long clears earlier failures. */
const healthyRunMs = 600_000

/** Delays between restarts of one container: none, 10 s, 20 s, 40 s … 5 min. */
export class RestartBackoff {
  #failures = 0

  /** The delay before the next start, after a run of `ranMs`. */
  next(ranMs: number): number {
    if (ranMs >= healthyRunMs) this.#failures = 0
    const delayMs = this.#failures === 0 ? 0 : Math.min(firstMs * 2 ** (this.#failures - 1), capMs)
    this.#failures++
    return delayMs
  }
}
