/**
 * One value per second over a sliding window; several values of one second add up. Times are Unix seconds
 * and are floored. `F` and `L` below are the first and last second written.
 */
export abstract class TimedBuckets {
  #windowSeconds: number
  #buckets: Float64Array
  #first = Number.NEGATIVE_INFINITY
  #last = Number.NEGATIVE_INFINITY

  /** @param windowSeconds length of the window, more than 0 */
  constructor(windowSeconds: number) {
    this.#windowSeconds = windowSeconds
    this.#buckets = new Float64Array(Math.ceil(windowSeconds))
  }

  /** Average at `nowSeconds` by the rule of the subclass. */
  abstract average(nowSeconds: number): number

  /** Whether nothing was written for more than the window. */
  isEmpty(nowSeconds: number): boolean {
    return Math.floor(nowSeconds) - this.#last > this.#windowSeconds
  }

  /** Adds `value` to its second. Values from before the window are dropped; skipped seconds count as 0. */
  record(timeSeconds: number, value: number): void {
    const time = Math.floor(timeSeconds)
    if (time <= this.#last - this.#windowSeconds) return
    if (time >= this.#last + this.#windowSeconds) {
      this.#buckets.fill(0)
      this.#first = time
      this.#last = time
    } else if (time > this.#last) {
      for (let second = this.#last + 1; second <= time; second++) this.#buckets[this.#index(second)] = 0
      this.#last = time
    } else {
      this.#first = Math.min(this.#first, time)
    }
    this.#buckets[this.#index(time)]! += value
  }

  /** Changes the window, keeping the newest values that fit; nothing happens if it is the same. */
  resize(windowSeconds: number, nowSeconds: number): void {
    if (windowSeconds === this.#windowSeconds) return
    const stale = this.isEmpty(nowSeconds)
    const oldCount = this.#buckets.length
    const resized = new Float64Array(Math.ceil(windowSeconds))
    if (stale) {
      this.#first = Number.NEGATIVE_INFINITY
      this.#last = Number.NEGATIVE_INFINITY
    } else {
      for (let age = 0; age < Math.min(oldCount, resized.length); age++) {
        resized[modulo(this.#last - age, resized.length)] = this.valueAt(age)
      }
      this.#first = this.#last - (oldCount - 1)
    }
    this.#buckets = resized
    this.#windowSeconds = windowSeconds
  }

  /** Number of buckets, one per started second of the window. */
  protected get count(): number {
    return this.#buckets.length
  }

  /** Seconds from F to L inclusive. */
  protected get writtenSeconds(): number {
    return this.#last - this.#first + 1
  }

  /** Whole seconds since L, 0 if L is now or later; infinite if nothing was ever written. */
  protected silentSeconds(nowSeconds: number): number {
    return Math.max(0, Math.floor(nowSeconds) - this.#last)
  }

  /** Whether the window has passed over everything written. */
  protected isOver(nowSeconds: number): boolean {
    return Math.floor(nowSeconds) >= this.#last + this.#windowSeconds
  }

  /** The value `age` seconds before L, for ages below `count`. */
  protected valueAt(age: number): number {
    return this.#buckets[this.#index(this.#last - age)]!
  }

  #index(second: number): number {
    return modulo(second, this.#buckets.length)
  }
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor
}
