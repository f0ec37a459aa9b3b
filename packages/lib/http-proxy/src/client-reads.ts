import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net'
import { ReadBuffer } from './read-buffer.ts'

/** Takes what a client sends. */
export interface ClientBytes {
  /** The next bytes; see `ReadBuffer.read` for how long they last. */
  take(bytes: Buffer): void
  /** Whether more of the same message is to come. */
  readonly midMessage: boolean
}

/** An accepted socket, remade to read into memory that is used again: Node lets only whoever makes a socket choose that. */
export class ClientReads {
  readonly buffer = new ReadBuffer()
  readonly socket: Socket
  /** Whose turn it is. */
  to: ClientBytes | undefined

  private constructor(handle: unknown) {
    const onread: OnReadOpts = { buffer: this.#nextBuffer, callback: this.#onRead }
    this.socket = new Socket({ handle, onread, allowHalfOpen: true } as SocketConstructorOpts)
  }

  /**
   * Takes `accepted` over, which must not have been read from; it is closed without its connection.
   * @returns undefined if that can't be done with this socket; then it stays as it was
   */
  static of(accepted: Socket): ClientReads | undefined {
    const holder = accepted as { _handle?: unknown }
    const handle = holder._handle
    if (!handle) return undefined
    holder._handle = null
    accepted.destroy()
    return new ClientReads(handle)
  }

  readonly #nextBuffer = () => this.buffer.next(this.to?.midMessage === true)

  readonly #onRead = (count: number) => {
    const bytes = this.buffer.read(count)
    if (!this.to) return this.socket.push(Buffer.from(bytes))
    this.to.take(bytes)
    // Whoever pauses does so by `Socket.pause`, which also works later.
    return true
  }
}
