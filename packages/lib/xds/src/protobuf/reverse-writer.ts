const initialCapacity = 4096

/**
 * Builds a protobuf message from its last byte to its first, so that the length of a nested message is known
 * when the prefix that announces it is written. Callers therefore write fields in descending order.
 */
export class ReverseWriter {
  #buffer = Buffer.allocUnsafe(initialCapacity)
  #start = initialCapacity

  /** Bytes written so far. */
  get length(): number {
    return this.#buffer.length - this.#start
  }

  /** An unsigned integer up to 2^53 - 1 in base-128 form. */
  varint(value: number): void {
    let size = 1
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++
    this.#reserve(size)
    let at = this.#start
    for (let rest = value; size > 0; size--) {
      this.#buffer[at++] = size > 1 ? (rest % 0x80) | 0x80 : rest
      rest = Math.floor(rest / 0x80)
    }
  }

  double(value: number): void {
    this.#reserve(8)
    this.#buffer.writeDoubleLE(value, this.#start)
  }

  /** Raw bytes without a length. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#buffer.set(bytes, this.#start)
  }

  /** Bytes preceded by their length. */
  bytes(bytes: Uint8Array): void {
    this.raw(bytes)
    this.varint(bytes.length)
  }

  /** UTF-8 text preceded by its length in bytes. */
  string(text: string): void {
    const size = Buffer.byteLength(text)
    this.#reserve(size)
    this.#buffer.write(text, this.#start, size, 'utf8')
    this.varint(size)
  }

  /** The finished message, in a buffer of its own. */
  finish(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#buffer, this.#start)
  }

  #reserve(size: number): void {
    if (size > this.#start) {
      const used = this.length
      const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, used + size))
      this.#buffer.copy(larger, larger.length - used, this.#start)
      this.#start = larger.length - used
      this.#buffer = larger
    }
    this.#start -= size
  }
}
