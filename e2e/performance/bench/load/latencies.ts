/** Collects durations; quantiles are exact. */
export class Latencies {
  #values = new Float64Array(1 << 16)
  #count = 0

  get count(): number {
    return this.#count
  }

  add(ms: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#count++] = ms
  }

  /** Forgets everything. */
  reset(): void {
    this.#count = 0
  }

  /** The durations below which each of `shares` (0 to 1) lies, microseconds. */
  quantilesUs(shares: readonly number[]): number[] {
    const sorted = this.#values.slice(0, this.#count).sort()
    return shares.map((share) =>
      sorted.length === 0
        ? 0
        : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]! * 1000,
    )
  }
}
