import type { Socket } from 'node:net'
import type { ClientBytes, ClientReads } from './client-reads.ts'

/** First bytes of every HTTP/2 connection; no HTTP/1.1 method starts with them (RFC 9113 §3.4). */
const preface = Buffer.from('PRI ')

/** What a connection speaks, and the bytes that told so, which last as `ReadBuffer.read` says. */
type Found = (protocol: 'http1' | 'http2', first: Buffer) => void

/**
 * Finds out which protocol a client speaks, by its first bytes.
 * @param reads what the socket is read with; if undefined, as any stream
 * @param limitMs how long to wait for the first bytes before the connection is closed
 */
export function sniffProtocol(
  socket: Socket,
  reads: ClientReads | undefined,
  limitMs: number,
  found: Found,
): void {
  socket.setTimeout(limitMs)
  const sniffer = new ProtocolSniffer(socket, reads, found)
  if (reads) reads.to = sniffer
}

class ProtocolSniffer implements ClientBytes {
  readonly midMessage = false
  readonly #socket: Socket
  readonly #reads: ClientReads | undefined
  readonly #found: Found
  /** Read, but not enough to tell. */
  #held: Buffer | undefined

  constructor(socket: Socket, reads: ClientReads | undefined, found: Found) {
    this.#socket = socket
    this.#reads = reads
    this.#found = found
    if (!reads) socket.on('readable', this.#onReadable)
    socket.on('error', this.#close)
    socket.on('end', this.#close)
    socket.on('timeout', this.#close)
  }

  take(packet: Buffer): void {
    const bytes = this.#held ? Buffer.concat([this.#held, packet]) : packet
    const length = Math.min(bytes.length, preface.length)
    const matches = bytes.compare(preface, 0, length, 0, length) === 0
    if (matches && bytes.length < preface.length) {
      this.#held = Buffer.from(bytes)
      return
    }
    const socket = this.#socket
    if (this.#reads) this.#reads.to = undefined
    else socket.off('readable', this.#onReadable)
    socket.off('error', this.#close)
    socket.off('end', this.#close)
    socket.off('timeout', this.#close)
    socket.setTimeout(0)
    this.#found(matches ? 'http2' : 'http1', bytes)
  }

  readonly #onReadable = () => {
    const bytes: Buffer | null = this.#socket.read()
    if (bytes !== null) this.take(bytes)
  }

  readonly #close = () => this.#socket.destroy()
}
