import type { Writable } from 'node:stream'

/** Pieces up to this size are copied, to be sent together with what is around them. */
export const smallPieceBytes = 4 << 10
/** Text collected within one turn before it is sent. */
const maxPendingChars = 64 << 10

/**
 * Writes to a socket with as few system calls as can be: text and small pieces of one turn leave together, a large piece leaves with the
 * text before and after it. Text has a character per byte.
 */
export class CoalescingWriter {
  readonly #socket: Writable
  readonly #onSpace: () => void
  /** What is to be sent by the end of this turn. */
  #pending = ''
  #scheduled = false
  /** Something is still in our memory, and the caller was told so. */
  #full = false
  /** The last large piece was not taken at once. */
  #slow = false

  /** @param onSpace called when the kernel has taken everything after `chunk` returned false */
  constructor(socket: Writable, onSpace: () => void) {
    this.#socket = socket
    this.#onSpace = onSpace
    socket.on('drain', this.#written)
  }

  /** Sends `text` by the end of this turn. */
  text(text: string): void {
    this.#pending += text
    if (this.#pending.length > maxPendingChars) this.flush()
    if (this.#scheduled) return
    this.#scheduled = true
    process.nextTick(endTurn, this)
  }

  /**
   * Sends a piece between two texts.
   * @returns false if the peer is slower than that; then `bytes` must stay as they are until `onSpace`
   */
  chunk(before: string, bytes: Buffer, after: string): boolean {
    const socket = this.#socket
    if (bytes.length <= smallPieceBytes) {
      this.text(before + bytes.toString('latin1') + after)
      this.#full ||= socket.writableNeedDrain
      return !this.#full
    }
    const first = this.#pending + before
    this.#pending = ''
    // A callback costs a tick with each piece, and most are taken at once.
    const onTaken = this.#slow ? this.#written : undefined
    if (first === '' && after === '') socket.write(bytes, onTaken)
    else {
      socket.cork()
      if (first !== '') socket.write(first, 'latin1')
      if (after === '') socket.write(bytes, onTaken)
      else {
        socket.write(bytes)
        socket.write(after, 'latin1', onTaken)
      }
      socket.uncork()
    }
    const taken = socket.writableLength === 0
    if (!taken && !this.#slow) socket.write('', this.#written)
    this.#slow = !taken
    this.#full ||= !taken
    return !this.#full
  }

  /** Sends what is pending now. */
  flush(): void {
    if (this.#pending === '') return
    const text = this.#pending
    this.#pending = ''
    if (this.#full) this.#socket.write(text, 'latin1', this.#written)
    else this.#socket.write(text, 'latin1')
  }

  /** Sends what is pending, and lets go of the socket. */
  release(): void {
    this.flush()
    this.#socket.off('drain', this.#written)
  }

  /** @internal */
  turnEnded(): void {
    this.#scheduled = false
    this.flush()
  }

  readonly #written = () => {
    if (!this.#full || this.#socket.writableLength > 0) return
    this.#full = false
    this.#onSpace()
  }
}

function endTurn(writer: CoalescingWriter): void {
  writer.turnEnded()
}
