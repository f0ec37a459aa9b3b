import { UpstreamError } from './errors.ts'
import { parseHeaderLines } from './header-lines.ts'
import { HeldBytes } from './held-bytes.ts'
import { headerValue, isHeader, listHasToken, type RawHeaders } from './raw-headers.ts'

/** Largest response head or trailer section, bytes; the default of Go's client. */
const maxHeadBytes = 10 << 20
/** Longest chunk-size line with its extensions, bytes. */
const maxChunkLineBytes = 4096

const lf = 10
const cr = 13

/** Hears what a `ResponseReader` finds. */
export interface ResponseEvents {
  onInform(status: number, headers: RawHeaders): void
  /** `complete`: no body follows, `onEnd` won't come. */
  onHead(status: number, reason: string, headers: RawHeaders, complete: boolean): void
  onBody(chunk: Buffer): void
  onEnd(trailers: RawHeaders | undefined): void
  /** A 101 answer; `rest` is the first bytes of the new protocol. */
  onSwitch(headers: RawHeaders, rest: Buffer): void
}

type State =
  | 'idle'
  | 'head'
  | 'fixed'
  | 'chunk-size'
  | 'chunk-data'
  | 'chunk-end'
  | 'trailers'
  | 'until-close'
  | 'switched'

/**
 * Reads HTTP/1.x responses from the bytes of one connection, one response per `expect`. Bodies pass through
 * without copying.
 * Lenient as Go's client is (bare LF, folded lines), since user containers are; strict where a lie about
 * framing could make one response look like another.
 */
export class ResponseReader {
  readonly #events: ResponseEvents
  #state: State = 'idle'
  #method = ''
  /** Bytes of the body or chunk still to come. */
  #left = 0
  /** Start of a line or head whose rest is in a later packet. */
  #held: HeldBytes | undefined
  #keepAlive = false

  constructor(events: ResponseEvents) {
    this.#events = events
  }

  /** Whether the connection may carry another request once this response ended. */
  get keepAlive(): boolean {
    return this.#keepAlive
  }

  /** Gets ready for the response to a `method` request. */
  expect(method: string): void {
    this.#state = 'head'
    this.#method = method
    this.#keepAlive = false
  }

  /**
   * Takes the next bytes.
   * @throws UpstreamError UPSTREAM_MALFORMED
   */
  execute(packet: Buffer): void {
    let at = 0
    while (at < packet.length) {
      switch (this.#state) {
        case 'idle':
          throw malformed('Unsolicited response received on idle HTTP channel')
        case 'head':
          at = this.#readHead(packet, at)
          break
        case 'fixed':
        case 'chunk-data':
          at = this.#readCounted(packet, at)
          break
        case 'chunk-size':
          at = this.#readChunkSize(packet, at)
          break
        case 'chunk-end':
          at = this.#readChunkEnd(packet, at)
          break
        case 'trailers':
          at = this.#readTrailers(packet, at)
          break
        case 'until-close':
          this.#events.onBody(at === 0 ? packet : packet.subarray(at))
          return
        case 'switched':
          return
      }
    }
  }

  /** The peer closed its side. @returns true if that ended a response properly (or none was under way). */
  finish(): boolean {
    if (this.#state === 'idle' || this.#state === 'switched') return true
    if (this.#state !== 'until-close') return false
    this.#state = 'idle'
    this.#events.onEnd(undefined)
    return true
  }

  #readHead(packet: Buffer, at: number): number {
    const block = this.#takeBlock(packet, at)
    if (!block) return packet.length
    const lineEnd = block.text.indexOf('\n')
    const statusLine = block.text.slice(0, block.text[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd)
    const match = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: (.*))?$/.exec(statusLine)
    if (!match) throw malformed(`malformed HTTP response ${JSON.stringify(statusLine)}`)
    const headers = parseHeaderLines(block.text, lineEnd + 1)
    const status = Number(match[2])
    const next = packet.length - block.rest
    if (status === 101) {
      this.#state = 'switched'
      this.#events.onSwitch(withLengths(headers, 0), packet.subarray(next))
      return packet.length
    }
    if (status < 200) this.#events.onInform(status, withLengths(headers, 0))
    else this.#frame(status, match[3] ?? '', match[1] === '1', headers)
    return next
  }

  /** Decides by RFC 9112 §6.3 how the body ends. */
  #frame(status: number, reason: string, http11: boolean, headers: RawHeaders): void {
    const connection = headerValue(headers, 'connection')
    this.#keepAlive = http11 ? !listHasToken(connection, 'close') : listHasToken(connection, 'keep-alive')
    const encoding = headerValue(headers, 'transfer-encoding')
    const length = contentLength(headers)
    if (status === 204) {
      // Whoever announces a body may send one, which would be taken for the next response.
      if (encoding !== undefined || (length ?? 0) > 0) this.#keepAlive = false
      this.#state = 'idle'
      this.#events.onHead(status, reason, withLengths(headers, 0), true)
      return
    }
    if (this.#method === 'HEAD' || status === 304) this.#left = 0
    else if (encoding !== undefined && http11) {
      if (encoding.trim().toLowerCase() !== 'chunked') {
        throw malformed(`unsupported transfer encoding: ${JSON.stringify(encoding)}`)
      }
      this.#state = 'chunk-size'
      this.#events.onHead(status, reason, withLengths(headers, 0), false)
      return
    } else if (length === undefined) {
      this.#state = 'until-close'
      this.#keepAlive = false
      this.#events.onHead(status, reason, headers, false)
      return
    } else this.#left = length
    this.#state = this.#left === 0 ? 'idle' : 'fixed'
    this.#events.onHead(status, reason, withLengths(headers, 1), this.#left === 0)
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
      this.#state = 'idle'
      this.#events.onBody(chunk)
      this.#events.onEnd(undefined)
    }
    return end
  }

  #readChunkSize(packet: Buffer, at: number): number {
    const end = packet.indexOf(lf, at)
    if ((end < 0 ? packet.length : end) - at + (this.#held?.length ?? 0) > maxChunkLineBytes) {
      throw malformed('chunked line ended with too many bytes')
    }
    if (end < 0) {
      this.#hold(packet, at, packet.length)
      return packet.length
    }
    const line = (this.#held ? this.#hold(packet, at, end) : packet.subarray(at, end)).toString('latin1')
    this.#held = undefined
    const match = /^([0-9a-fA-F]{1,13})[ \t]*(?:;[^\r]*)?\r?$/.exec(line)
    if (!match) throw malformed('invalid byte in chunk length')
    this.#left = Number.parseInt(match[1]!, 16)
    this.#state = this.#left === 0 ? 'trailers' : 'chunk-data'
    return end + 1
  }

  #readChunkEnd(packet: Buffer, at: number): number {
    if (packet[at] === cr && !this.#held) {
      this.#hold(packet, at, at + 1)
      return at + 1
    }
    if (packet[at] !== lf) throw malformed('malformed chunked encoding')
    this.#held = undefined
    this.#state = 'chunk-size'
    return at + 1
  }

  #readTrailers(packet: Buffer, at: number): number {
    const block = this.#takeBlock(packet, at)
    if (!block) return packet.length
    const trailers = parseHeaderLines(block.text, 0)
    this.#state = 'idle'
    this.#events.onEnd(trailers.length > 0 ? trailers : undefined)
    return packet.length - block.rest
  }

  /** The lines up to and including the next empty one, once all are there; `rest` counts the bytes after it. */
  #takeBlock(packet: Buffer, at: number): { text: string; rest: number } | undefined {
    const had = this.#held?.length ?? 0
    const bytes = this.#held ? this.#hold(packet, at, packet.length) : packet.subarray(at)
    const end = endOfBlock(bytes, had)
    if ((end < 0 ? bytes.length : end) > maxHeadBytes) {
      throw malformed(`server response headers exceeded ${maxHeadBytes} bytes; aborted`)
    }
    if (end < 0) {
      if (had === 0) this.#hold(packet, at, packet.length)
      return undefined
    }
    this.#held = undefined
    return { text: bytes.toString('latin1', 0, end), rest: bytes.length - end }
  }

  /** Keeps a copy, since the packet's memory is used again. */
  #hold(packet: Buffer, start: number, end: number): Buffer {
    this.#held ??= new HeldBytes()
    this.#held.add(packet, start, end)
    return this.#held.bytes
  }
}

/** Offset after the empty line that ends a block, or -1. `scanned` bytes are known to hold no end. */
function endOfBlock(bytes: Buffer, scanned: number): number {
  if (bytes[0] === lf) return 1
  if (bytes[0] === cr && bytes[1] === lf) return 2
  for (let at = bytes.indexOf(lf, Math.max(0, scanned - 2)); at >= 0; at = bytes.indexOf(lf, at + 1)) {
    if (bytes[at + 1] === lf) return at + 2
    if (bytes[at + 1] === cr && bytes[at + 2] === lf) return at + 3
  }
  return -1
}

/**
 * The headers with no more than `most` Content-Length among them: none beside chunks, which prevail, and one of several that agree. What
 * is passed on must not be read in two ways.
 */
function withLengths(headers: RawHeaders, most: 0 | 1): RawHeaders {
  let count = 0
  let left: number = most
  for (let i = 0; i < headers.length; i += 2) if (isHeader(headers[i]!, 'content-length')) count++
  if (count <= most) return headers
  const kept: string[] = []
  for (let i = 0; i < headers.length; i += 2) {
    if (!isHeader(headers[i]!, 'content-length') || left-- > 0) kept.push(headers[i]!, headers[i + 1]!)
  }
  return kept
}

/** The one length that all Content-Length headers agree on; undefined without any. */
function contentLength(headers: RawHeaders): number | undefined {
  let found: string | undefined
  for (let i = 0; i < headers.length; i += 2) {
    if (!isHeader(headers[i]!, 'content-length')) continue
    const value = headers[i + 1]!
    if (!/^\d{1,15}$/.test(value)) throw malformed(`bad Content-Length ${JSON.stringify(value)}`)
    if (found !== undefined && Number(found) !== Number(value)) {
      throw malformed('http: message cannot contain multiple Content-Length headers')
    }
    found = value
  }
  return found === undefined ? undefined : Number(found)
}

function malformed(text: string): UpstreamError {
  return new UpstreamError('UPSTREAM_MALFORMED', `net/http: HTTP/1.x transport connection broken: ${text}`)
}
