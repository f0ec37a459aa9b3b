const smallBytes = 4 << 10
const largeBytes = 64 << 10
/** Large buffers kept for whoever needs one next. */
const maxSpare = 16

const spare: Buffer[] = []

/**
 * The memory one socket reads into, again and again: small while messages are small, large amid a large one. Saves an allocation
 * per read, which costs more than the rest of it.
 */
export class ReadBuffer {
  #buffer: Buffer = Buffer.allocUnsafeSlow(smallBytes)
  #filled = false
  #kept = false

  /** The bytes of a read that brought `count`. They are overwritten by the next one unless `keep` is called. */
  read(count: number): Buffer {
    this.#filled = count === this.#buffer.length
    return this.#filled ? this.#buffer : this.#buffer.subarray(0, count)
  }

  /** The bytes of the last read are still needed. */
  keep(): void {
    this.#kept = true
  }

  /** Memory for the next read. @param busy whether more of the same message is to come */
  next(busy: boolean): Buffer {
    const large = this.#buffer.length === largeBytes
    const wantLarge = busy && (large || this.#filled)
    if (large === wantLarge && !this.#kept) return this.#buffer
    if (large && !this.#kept && spare.length < maxSpare) spare.push(this.#buffer)
    this.#kept = false
    this.#buffer = wantLarge
      ? (spare.pop() ?? Buffer.allocUnsafeSlow(largeBytes))
      : Buffer.allocUnsafeSlow(smallBytes)
    return this.#buffer
  }
}
