import type { ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Clock } from '@knative-ts/clock'
import type { BodySink, Exchange } from './exchange.ts'
import { ExchangeBase } from './exchange-base.ts'
import { http2NoError, resetStream, sendTrailers } from './http2-module.ts'
import { plainAddress } from './plain-address.ts'
import { withoutPseudoHeaders } from './pseudo-headers.ts'
import { hasHeader, headerValue, listHasToken, type RawHeaders } from './raw-headers.ts'
import { lingerMs, maxDiscardedBytes } from './rest-of-request.ts'
import { trailerObject } from './trailer-object.ts'

const endStreamFlag = 0x1
const plainText: RawHeaders = ['content-type', 'text/plain; charset=utf-8']

/** A request that came as a stream of an HTTP/2 connection. */
export class Http2Exchange extends ExchangeBase implements Exchange {
  readonly method: string
  readonly target: string
  readonly httpMajor = 2
  readonly httpMinor = 0
  readonly headers: RawHeaders
  readonly host: string
  readonly hasBody: boolean
  readonly upgrade = undefined
  readonly expectsContinue: boolean
  readonly secure: boolean
  readonly #stream: ServerHttp2Stream
  readonly #clock: Clock
  /** The connection it came by. */
  readonly socket: Socket
  #requestTrailers: RawHeaders | undefined
  #trailers: RawHeaders | undefined
  #continued = false
  #ended = false
  /** The head was all of the response, and ended it. */
  #headOnly = false
  /** Length of the response's body if its head says so, bytes. */
  #length: number | undefined
  /** The stream ends with the last byte of the body, in the same frame: no trailers can follow. */
  #untrailed = false

  /** @param raw headers as received, pseudo-headers first */
  constructor(
    stream: ServerHttp2Stream,
    raw: RawHeaders,
    flags: number,
    { socket, secure, clock }: { readonly socket: Socket; readonly secure: boolean; readonly clock: Clock },
  ) {
    super()
    this.#stream = stream
    this.#clock = clock
    this.socket = socket
    this.secure = secure
    this.method = pseudoHeader(raw, ':method')
    this.target = pseudoHeader(raw, ':path')
    const authority = pseudoHeader(raw, ':authority')
    this.headers = withoutPseudoHeaders(raw)
    this.host = authority === '' ? (headerValue(this.headers, 'host') ?? '') : authority
    this.hasBody = (flags & endStreamFlag) === 0
    this.expectsContinue = this.hasBody && listHasToken(headerValue(this.headers, 'expect'), '100-continue')
    if (this.hasBody) {
      stream.on('trailers', (_headers, _flags, rawTrailers) => {
        this.#requestTrailers = rawTrailers as unknown as string[]
      })
    }
    stream.on('drain', () => this.onDrain?.())
    stream.on('error', () => {})
    stream.on('finish', () => {
      if (this.#headOnly) {
        this.finish('answered')
        this.#stopClient()
      } else if (this.#untrailed && this.#ended) this.finish('answered')
    })
    // A stream that is paused hears nothing more of its end.
    stream.on('aborted', () => {
      this.finish('client-gone')
      stream.destroy()
    })
    stream.on('close', () => {
      // The client has all of it, although the destination is not done.
      if (this.#untrailed && !this.#ended && stream.writableFinished && stream.rstCode === http2NoError)
        return
      this.finish('client-gone')
    })
  }

  get remoteAddress(): string {
    return plainAddress(this.socket.remoteAddress)
  }

  get remotePort(): number {
    return this.socket.remotePort ?? 0
  }

  answer(status: number, headers: RawHeaders, body: string | Buffer = ''): void {
    if (this.#ended || this.ending !== undefined || this.status !== 0) return
    const bytes = typeof body === 'string' ? Buffer.from(body) : body
    const complete = bytes.length === 0 || this.method === 'HEAD'
    this.start(status, '', [...headers, 'content-length', String(bytes.length)], complete)
    if (complete) return
    this.write(bytes)
    this.end()
  }

  cutOff(status: number, text: string): void {
    if (this.ending !== undefined) return
    if (this.#ended || (this.status !== 0 && this.#length !== undefined)) {
      this.#breakOff('cut-off')
      return
    }
    if (this.status === 0) this.answer(status, plainText, text)
    else {
      this.write(Buffer.from(text))
      this.end()
    }
    this.finish('cut-off')
  }

  readBody(reader: BodySink): void {
    if (this.ending !== undefined) return
    const stream = this.#stream
    const sink = this.watched(reader)
    stream.on('data', (chunk: Buffer) => {
      if (this.ending === undefined && !sink.bodyChunk(chunk)) stream.pause()
    })
    stream.on('end', () => {
      // A reset stream ends too, but its body is not complete.
      if (this.ending === undefined && !stream.aborted) sink.bodyEnd(this.#requestTrailers)
    })
  }

  resumeBody(): void {
    this.#stream.resume()
  }

  askForBody(): void {
    if (this.ending !== undefined || this.status !== 0 || this.#isGone || this.#continued) return
    this.#continued = true
    this.#stream.additionalHeaders({ ':status': 100 })
  }

  inform(status: number, headers: RawHeaders): void {
    if (this.ending !== undefined || this.status !== 0 || this.#isGone) return
    if (status === 100) this.#continued = true
    this.#stream.additionalHeaders({ ...trailerObject(headers), ':status': status })
    this.started = true
    this.onActivity?.()
  }

  start(status: number, _reason: string, headers: RawHeaders, complete: boolean): void {
    if (this.ending !== undefined || this.status !== 0 || this.#isGone) return
    const out = [':status', String(status)]
    for (let i = 0; i < headers.length; i += 2) out.push(headers[i]!.toLowerCase(), headers[i + 1]!)
    const length = headerValue(headers, 'content-length')
    const headOnly = complete && (!this.#bodyDue || this.method === 'HEAD' || neverHasBody(status))
    const untrailed = !headOnly && !this.#trailersMayFollow(headers)
    const waitForTrailers = !headOnly && !untrailed
    // It throws if the head is none that HTTP/2 can carry; then another one may follow.
    this.#stream.respond(out, { endStream: headOnly, waitForTrailers })
    if (waitForTrailers) this.#stream.on('wantTrailers', () => this.#allWritten())
    if (length) this.#length = Number(length)
    this.#headOnly = headOnly
    this.#untrailed = untrailed
    this.status = status
    this.started = true
    if (complete) {
      this.#ended = true
      if (!this.#headOnly) this.#stream.end()
    }
    this.onActivity?.()
  }

  write(chunk: Buffer): boolean {
    if (this.#ended || this.ending !== undefined) return true
    this.bodyBytes += chunk.length
    const more = this.#writeOrEnd(chunk)
    this.onActivity?.()
    return more
  }

  #writeOrEnd(chunk: Buffer): boolean {
    if (!this.#untrailed || this.bodyBytes !== this.#length) return this.#stream.write(chunk)
    this.#stream.end(chunk)
    return true
  }

  end(trailers?: RawHeaders): void {
    if (this.#ended || this.ending !== undefined) return
    this.#ended = true
    this.#trailers = trailers
    if (!this.#stream.writableEnded) this.#stream.end()
    else if (this.#stream.writableFinished) this.finish('answered')
  }

  abort(): void {
    if (this.ending !== undefined) return
    this.#ended = true
    this.#breakOff('aborted')
  }

  /** The reset has the stream say that it was aborted, as when a client leaves. */
  #breakOff(ending: 'cut-off' | 'aborted'): void {
    this.finish(ending)
    resetStream(this.#stream)
  }

  /** Nothing can be sent any more. */
  get #isGone(): boolean {
    return this.#stream.destroyed || this.#stream.closed
  }

  switchProtocols(): Duplex {
    throw new Error('an HTTP/2 stream cannot switch protocols')
  }

  transferred(): void {}

  /**
   * With a length, only where somebody says so (RFC 9110 §6.5). Waiting for them costs a call and a frame of its own. A client that
   * may still be sending is told the end apart, see `#bodyDue`.
   */
  #trailersMayFollow(headers: RawHeaders): boolean {
    return (
      !hasHeader(headers, 'content-length') ||
      this.hasBody ||
      hasHeader(headers, 'trailer') ||
      listHasToken(headerValue(this.headers, 'te'), 'trailers')
    )
  }

  /** The response is out but for its end. */
  #allWritten(): void {
    const stream = this.#stream
    if (this.#bodyDue) {
      this.finish('answered')
      discardBody(stream, this.#clock, () => this.#endStream())
    } else {
      this.#endStream()
      // 'finish' comes earlier, before the end of the stream is on its way.
      this.finish('answered')
    }
  }

  #endStream(): void {
    sendTrailers(this.#stream, this.#trailers)
    this.#stopClient()
  }

  /** Tells a client that is still sending, without an error, that it may stop. */
  #stopClient(): void {
    if (!this.hasBody || this.#stream.readableEnded) return
    // While it is paused it does not end, and its connection can't close.
    this.#stream.resume()
    // In the same turn the reset would overtake the end of the response.
    setImmediate(() => this.#stream.close(http2NoError))
  }

  /**
   * Whether the client sends its body whatever we say, and is not done. It is not told the end of the response before, nor to stop:
   * some clients fail or hang then, although neither is an error (RFC 9113 §8.1).
   */
  get #bodyDue(): boolean {
    if (!this.hasBody || this.#stream.readableEnded || !hasHeader(this.headers, 'content-length'))
      return false
    return !this.expectsContinue || this.#continued
  }
}

/** Node ends the stream with the head of these. */
function neverHasBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304
}

/** Reads past the rest of a request body; calls `done` at its end, or when it takes too long. */
function discardBody(stream: ServerHttp2Stream, clock: Clock, done: () => void): void {
  let left = maxDiscardedBytes
  const finish = () => {
    timer.cancel()
    stream.off('data', onData)
    stream.off('end', finish)
    stream.off('close', finish)
    done()
  }
  const onData = (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) finish()
  }
  const timer = clock.after(lingerMs, finish)
  stream.on('data', onData)
  stream.on('end', finish)
  stream.on('close', finish)
  stream.resume()
}

function pseudoHeader(raw: RawHeaders, name: string): string {
  for (let i = 0; i < raw.length && raw[i]!.charCodeAt(0) === 58; i += 2)
    if (raw[i] === name) return raw[i + 1]!
  return ''
}
