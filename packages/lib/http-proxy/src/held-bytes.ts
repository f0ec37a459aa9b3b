const firstBytes = 1024

/** Bytes of something incomplete, collected over packets; grows by doubling, so that many small packets cost no more than one large one. */
export class HeldBytes {
  #buffer: Buffer = Buffer.allocUnsafeSlow(firstBytes)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** What is held; valid until the next `add`. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  /** Appends a copy of `packet` from `start` to `end`. */
  add(packet: Buffer, start: number, end: number): void {
    const length = this.#length + end - start
    if (length > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, this.#buffer.length * 2))
      this.#buffer.copy(larger, 0, 0, this.#length)
      this.#buffer = larger
    }
    packet.copy(this.#buffer, this.#length, start, end)
    this.#length = length
  }
}
