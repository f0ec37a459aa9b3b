import type { Writable } from 'node:stream'

/** RFC 6455 §5.5.1 and §7.4.1: close, with the code 1001 "going away". */
const goingAwayFrame = Buffer.from([0x88, 2, 1001 >> 8, 1001 & 255])
const closeOpcode = 8
const masked = 0x80

/** Ends a WebSocket that its server did not end properly, as long as that is still possible. */
export class WebSocketFarewell {
  readonly #client: Writable
  /** Start of a frame, until its length is known. */
  readonly #header: number[] = []
  /** Payload bytes of the frame still to come. */
  #left = 0
  #closed = false
  /** The server is expected to go, so its end is told as such. */
  due = false

  constructor(client: Writable) {
    this.#client = client
  }

  /** Follows what the server sends, so that the close frame comes between two frames. */
  sent(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, bytes.length - at)
        this.#left -= skipped
        at += skipped
      } else this.#takeHeader(bytes[at++]!)
    }
  }

  /**
   * Tells the client that its server is going away, and ends our side.
   * @returns false if the server has sent a close frame, or part of a frame, so that nothing can be said
   */
  say(): boolean {
    if (this.#closed || this.#left > 0 || this.#header.length > 0 || !this.#client.writable) return false
    this.#closed = true
    this.#client.end(goingAwayFrame)
    return true
  }

  #takeHeader(byte: number): void {
    const header = this.#header
    header.push(byte)
    if (header.length < 2) return
    const short = header[1]! & 127
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0
    if (header.length < 2 + lengthBytes + (header[1]! & masked ? 4 : 0)) return
    this.#left =
      lengthBytes === 0 ? short : header.slice(2, 2 + lengthBytes).reduce((sum, next) => sum * 256 + next, 0)
    if ((header[0]! & 15) === closeOpcode) this.#closed = true
    header.length = 0
  }
}
