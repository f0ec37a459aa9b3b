import { RequestError } from './errors.ts'
import { HeldBytes } from './held-bytes.ts'
import type { RawHeaders } from './raw-headers.ts'
import { parseRequestHead, parseTrailers, type RequestHead } from './request-head.ts'

/** Longest chunk-size line with its extensions, bytes. */
const maxChunkLineBytes = 4096

const lf = 10
const cr = 13
const blockEnd = Buffer.from('\r\n\r\n')

/** Hears what a `RequestReader` finds. */
export interface RequestEvents {
  /** A head; `onBody` and `onEnd` follow unless its `bodyBytes` is 0. What comes after it starts at `next` of the packet. */
  onHead(head: RequestHead, next: number): void
  onBody(chunk: Buffer): void
  onEnd(trailers: RawHeaders | undefined): void
}

type State = 'head' | 'fixed' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailers'

/**
 * Reads HTTP/1.x requests from the bytes of one connection, step by step, so that whoever drives it can stop between any two.
 * Strict: see `parseRequestHead`; line ends are CRLF and nothing else. Bodies pass through without copying.
 */
export class RequestReader {
  readonly #events: RequestEvents
  readonly #maxHeadBytes: number
  #state: State = 'head'
  /** Bytes of the body or chunk still to come. */
  #left = 0
  /** Start of a line or block whose rest is in a later packet. */
  #held: HeldBytes | undefined
  #blankSkipped = false
  /** Where reading goes on after `#takeBlock` or `#takeLine` found one. */
  #next = 0

  /** @param maxHeadBytes largest head or trailer section */
  constructor(events: RequestEvents, maxHeadBytes: number) {
    this.#events = events
    this.#maxHeadBytes = maxHeadBytes
  }

  /** Whether a request's body is not complete. */
  get inBody(): boolean {
    return this.#state !== 'head'
  }

  /** Whether part of a head was read. */
  get inHead(): boolean {
    return this.#state === 'head' && this.#held !== undefined
  }

  /**
   * Reads one head, piece of a body, or line from `packet` at `at`; after an incomplete one the packet is used up.
   * @returns where to go on
   * @throws RequestError; nothing more can be read then
   */
  step(packet: Buffer, at: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(packet, at)
      case 'fixed':
      case 'chunk-data':
        return this.#readCounted(packet, at)
      case 'chunk-size':
        return this.#readChunkSize(packet, at)
      case 'chunk-end':
        return this.#readChunkEnd(packet, at)
      case 'trailers':
        return this.#readTrailers(packet, at)
    }
  }

  #readHead(packet: Buffer, at: number): number {
    const text = this.#takeBlock(packet, at)
    if (text === undefined) return packet.length
    if (text === '') {
      // RFC 9112 §2.2: one empty line before a request is forgiven.
      if (this.#blankSkipped) throw new RequestError(400, 'empty lines before the request')
      this.#blankSkipped = true
      return this.#next
    }
    this.#blankSkipped = false
    const head = parseRequestHead(text)
    if (head.bodyBytes > 0) {
      this.#state = 'fixed'
      this.#left = head.bodyBytes
    } else if (head.bodyBytes < 0) this.#state = 'chunk-size'
    const next = this.#next
    this.#events.onHead(head, next)
    return next
  }

  #readCounted(packet: Buffer, at: number): number {
    const end = Math.min(packet.length, at + this.#left)
    this.#left -= end - at
    const chunk = at === 0 && end === packet.length ? packet : packet.subarray(at, end)
    if (this.#left > 0) this.#events.onBody(chunk)
    else if (this.#state === 'chunk-data') {
      this.#state = 'chunk-end'
      this.#events.onBody(chunk)
    } else {
      this.#state = 'head'
      this.#events.onBody(chunk)
      this.#events.onEnd(undefined)
    }
    return end
  }

  #readChunkSize(packet: Buffer, at: number): number {
    const line = this.#takeLine(packet, at)
    if (line === undefined) return packet.length
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no control character may be in an extension
    const match = /^([0-9a-fA-F]{1,13})(?:;[^\0-\x08\x0a-\x1f\x7f]*)?$/.exec(line)
    if (!match) throw new RequestError(400, 'invalid chunk size')
    this.#left = Number.parseInt(match[1]!, 16)
    this.#state = this.#left === 0 ? 'trailers' : 'chunk-data'
    return this.#next
  }

  #readChunkEnd(packet: Buffer, at: number): number {
    const line = this.#takeLine(packet, at)
    if (line === undefined) return packet.length
    if (line !== '') throw new RequestError(400, 'chunk longer than announced')
    this.#state = 'chunk-size'
    return this.#next
  }

  #readTrailers(packet: Buffer, at: number): number {
    const text = this.#takeBlock(packet, at)
    if (text === undefined) return packet.length
    const trailers = text === '' ? undefined : parseTrailers(text)
    this.#state = 'head'
    const next = this.#next
    this.#events.onEnd(trailers)
    return next
  }

  /**
   * The lines up to the next empty one, each with its CRLF, once all are there. Empty if an empty line comes first. Sets `#next`.
   */
  #takeBlock(packet: Buffer, at: number): string | undefined {
    if (!this.#held) {
      if (packet[at] === cr && packet[at + 1] === lf) {
        this.#next = at + 2
        return ''
      }
      const end = packet.indexOf(blockEnd, at)
      if (end >= 0) {
        if (end + blockEnd.length - at > this.#maxHeadBytes) throw tooLarge()
        this.#next = end + blockEnd.length
        return packet.toString('latin1', at, end + 2)
      }
    }
    return this.#continueBlock(packet, at)
  }

  /** A block that is spread over packets. */
  #continueBlock(packet: Buffer, at: number): string | undefined {
    const had = this.#held?.length ?? 0
    const bytes = this.#hold(packet, at, packet.length)
    if (bytes[0] === cr && bytes[1] === lf) {
      this.#held = undefined
      this.#next = at + 2 - had
      return ''
    }
    const end = bytes.indexOf(blockEnd, Math.max(0, had - 3))
    if (end < 0) {
      if (bytes.length > this.#maxHeadBytes) throw tooLarge()
      checkLineEnds(bytes, had)
      return undefined
    }
    const length = end + blockEnd.length
    if (length > this.#maxHeadBytes) throw tooLarge()
    this.#held = undefined
    this.#next = at + length - had
    return bytes.toString('latin1', 0, end + 2)
  }

  /** One line without its CRLF, once it is there. Sets `#next`. */
  #takeLine(packet: Buffer, at: number): string | undefined {
    const end = packet.indexOf(lf, at)
    const stop = end < 0 ? packet.length : end + 1
    if (stop - at + (this.#held?.length ?? 0) > maxChunkLineBytes)
      throw new RequestError(400, 'chunk-size line too long')
    if (end < 0) {
      this.#hold(packet, at, stop)
      return undefined
    }
    const line = this.#held
      ? this.#hold(packet, at, stop).toString('latin1')
      : packet.toString('latin1', at, stop)
    this.#held = undefined
    this.#next = stop
    if (line.charCodeAt(line.length - 2) !== cr) throw bareLf()
    return line.slice(0, -2)
  }

  #hold(packet: Buffer, start: number, end: number): Buffer {
    this.#held ??= new HeldBytes()
    this.#held.add(packet, start, end)
    return this.#held.bytes
  }
}

/** Refuses a bare LF at once, since with it the block's end may never be found. `checked` bytes have been looked at. */
function checkLineEnds(bytes: Buffer, checked: number): void {
  for (let at = bytes.indexOf(lf, checked); at >= 0; at = bytes.indexOf(lf, at + 1))
    if (bytes[at - 1] !== cr) throw bareLf()
}

function bareLf(): RequestError {
  return new RequestError(400, 'line feed without carriage return')
}

function tooLarge(): RequestError {
  return new RequestError(431, 'request header fields too large')
}
