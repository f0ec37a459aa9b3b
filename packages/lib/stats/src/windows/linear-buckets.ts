import { TimedBuckets } from './timed-buckets.ts'

const precision = 1e6

/** Averages all seconds alike. A silent tail shrinks the divisor; holes between writes count as zeros. */
export class LinearBuckets extends TimedBuckets {
  /** Sum of the seconds still in the window over their number, rounded to 6 decimals, halves away from 0. */
  override average(nowSeconds: number): number {
    if (this.isOver(nowSeconds)) return 0
    const live = this.count - this.silentSeconds(nowSeconds)
    let total = 0
    for (let age = 0; age < live; age++) total += this.valueAt(age)
    const average = total / Math.min(this.writtenSeconds, live)
    return (Math.sign(average) * Math.round(Math.abs(average) * precision)) / precision
  }
}
