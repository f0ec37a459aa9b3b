import { XdsDecodeError } from '../errors.ts'
import type { WireType } from './codec.ts'

/** Walks over the bytes of one protobuf message. */
export class Reader {
  readonly #buffer: Buffer
  readonly #end: number
  #at: number

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#at = start
    this.#end = end
  }

  get done(): boolean {
    return this.#at >= this.#end
  }

  /** An unsigned integer; 64-bit values beyond 2^53 lose precision. */
  varint(): number {
    let value = 0
    let scale = 1
    for (let count = 0; count < 10; count++) {
      const byte = this.#buffer[this.#take(1)]!
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 0x80
    }
    throw new XdsDecodeError('varint longer than 10 bytes')
  }

  double(): number {
    return this.#buffer.readDoubleLE(this.#take(8))
  }

  string(): string {
    const size = this.varint()
    const start = this.#take(size)
    return this.#buffer.toString('utf8', start, start + size)
  }

  /** Length-prefixed bytes, copied. */
  bytes(): Uint8Array {
    const size = this.varint()
    const start = this.#take(size)
    return Uint8Array.prototype.slice.call(this.#buffer, start, start + size)
  }

  /** A reader over the next length-prefixed part, which this reader steps over. */
  nested(): Reader {
    const size = this.varint()
    const start = this.#take(size)
    return new Reader(this.#buffer, start, start + size)
  }

  /** Steps over a field that is not known. */
  skip(wireType: number): void {
    switch (wireType as WireType) {
      case 0:
        this.varint()
        return
      case 1:
        this.#take(8)
        return
      case 2:
        this.#take(this.varint())
        return
      case 5:
        this.#take(4)
        return
      default:
        throw new XdsDecodeError(`wire type ${wireType}`)
    }
  }

  #take(size: number): number {
    const start = this.#at
    if (start + size > this.#end) throw new XdsDecodeError('truncated')
    this.#at = start + size
    return start
  }
}
