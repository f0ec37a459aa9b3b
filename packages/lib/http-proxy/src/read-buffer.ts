import { smallPieceBytes } from './coalescing-writer.ts'
import { giveLargeBuffer, largeBufferBytes, takeLargeBuffer } from './large-buffers.ts'

/** What a read brings is dealt with, or copied, before the next one on any socket. */
const shared = Buffer.allocUnsafeSlow(largeBufferBytes)

/**
 * The memory one socket reads into: shared with all others, but its own while a large message comes faster than it is read. Saves an
 * allocation per read, which costs more than the rest of it; and a connection on which nothing comes holds none.
 */
export class ReadBuffer {
  #current: Buffer = shared
  #held: Buffer | undefined
  #count = 0
  /** What the last read brought is being dealt with; after that it is kept, or of no use, and `#current` is what the next read fills. */
  #fresh = false

  /**
   * The bytes of a read that brought `count`. Pieces of them of up to `smallPieceBytes` are overwritten by the next read, whosever it is;
   * larger ones too, unless `hold` is called.
   */
  read(count: number): Buffer {
    this.#count = count
    this.#fresh = true
    if (this.#current === shared && count > smallPieceBytes) {
      this.#current = takeLargeBuffer()
      shared.copy(this.#current, 0, 0, count)
    }
    return this.#current.subarray(0, count)
  }

  /** `piece` of the last read is still needed. @returns where it stays as it is until `free` */
  keep(piece: Buffer): Buffer {
    if (piece.buffer !== this.#current.buffer) return piece
    if (this.#current === shared || piece.length < largeBufferBytes / 2) return Buffer.from(piece)
    this.hold()
    return piece
  }

  /** Large pieces of the last read, which is being dealt with, are still needed, until `free`. Does nothing otherwise. */
  hold(): void {
    if (!this.#fresh || this.#current === shared) return
    this.#held = this.#current
    this.#current = shared
  }

  /** What was held is not needed any more. */
  free(): void {
    if (this.#held === undefined) return
    giveLargeBuffer(this.#held)
    this.#held = undefined
  }

  /** What is held is needed for who knows how long; somebody else's business from now on. */
  leave(): void {
    this.#held = undefined
  }

  /** The socket is closed: nothing more is read. */
  close(): void {
    this.leave()
    this.next(false)
  }

  /** Memory for the next read. @param busy whether more of the same message is to come */
  next(busy: boolean): Buffer {
    this.#fresh = false
    const wantsOwn = busy && this.#held === undefined && this.#count === largeBufferBytes
    if (wantsOwn === (this.#current !== shared)) return this.#current
    if (wantsOwn) this.#current = takeLargeBuffer()
    else {
      giveLargeBuffer(this.#current)
      this.#current = shared
    }
    return this.#current
  }
}
