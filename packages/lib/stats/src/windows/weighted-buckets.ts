import { TimedBuckets } from './timed-buckets.ts'

/** What is left of a value's weight at the far end of the window. */
const remainder = 0.0001
const smallestWeight = 0.2

/** Averages with weights that fall exponentially with age, so that recent seconds count most. */
export class WeightedBuckets extends TimedBuckets {
  /**
   * `Σ value · c · (1 − c)^age` with `c = max(1 − 0.0001^(1/B), 0.2)`; neither rounded nor divided by the
   * sum of the weights.
   */
  override average(nowSeconds: number): number {
    if (this.isOver(nowSeconds)) return 0
    const weight = Math.max(1 - remainder ** (1 / this.count), smallestWeight)
    const silent = this.silentSeconds(nowSeconds)
    let factor = weight * (1 - weight) ** silent
    let total = 0
    for (let age = 0; age < this.count - silent; age++) {
      total += this.valueAt(age) * factor
      factor *= 1 - weight
    }
    return total
  }
}
