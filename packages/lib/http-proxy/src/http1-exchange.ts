import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { dateHeader } from './date-header.ts'
import type { RequestError } from './errors.ts'
import type { BodySink, Exchange } from './exchange.ts'
import { ExchangeBase } from './exchange-base.ts'
import type { Http1ServerConnection } from './http1-server-connection.ts'
import type { RawHeaders } from './raw-headers.ts'
import type { RequestHead } from './request-head.ts'
import { statusPhrase } from './status-phrases.ts'

const plainText: RawHeaders = ['Content-Type', 'text/plain; charset=utf-8']

/** A request that came by HTTP/1.1 (or 1.0). */
export class Http1Exchange extends ExchangeBase implements Exchange {
  readonly method: string
  readonly target: string
  readonly httpMajor = 1
  readonly httpMinor: 0 | 1
  readonly headers: RawHeaders
  readonly host: string
  readonly hasBody: boolean
  readonly upgrade: string | undefined
  readonly expectsContinue: boolean
  readonly #connection: Http1ServerConnection
  /** How the body of the response is framed; `none` for responses without one. */
  #framing: 'none' | 'sized' | 'chunked' | 'until-close' = 'none'
  #keepAlive: boolean
  #continued = false
  #ended = false

  constructor(connection: Http1ServerConnection, head: RequestHead) {
    super()
    this.#connection = connection
    this.method = head.method
    this.target = head.target
    this.httpMinor = head.httpMinor
    this.headers = head.headers
    this.host = head.host
    this.hasBody = head.bodyBytes !== 0
    this.upgrade = head.upgrade
    this.expectsContinue = head.expectsContinue
    // After a wish to upgrade that was not granted, the client's next bytes may be of either protocol.
    this.#keepAlive = head.keepAlive && head.upgrade === undefined
  }

  /** The connection it came by. */
  get socket(): Socket {
    return this.#connection.socket
  }

  get secure(): boolean {
    return this.#connection.secure
  }

  get remoteAddress(): string {
    return this.#connection.remoteAddress
  }

  get remotePort(): number {
    return this.socket.remotePort ?? 0
  }

  /** Whether the response is complete as far as we are concerned. */
  get allWritten(): boolean {
    return this.#ended
  }

  answer(status: number, headers: RawHeaders, body: string | Buffer = ''): void {
    if (this.#ended || this.ending !== undefined || this.status !== 0) return
    const bytes = typeof body === 'string' ? Buffer.from(body) : body
    const head = this.#headText(status, '', [...headers, 'Content-Length', String(bytes.length)], false)
    if (this.method === 'HEAD' || bytes.length === 0) this.#connection.writer.text(head)
    else {
      this.bodyBytes = bytes.length
      this.#connection.writer.chunk(head, bytes, '')
    }
    this.#complete()
    this.onActivity?.()
  }

  cutOff(status: number, text: string): void {
    if (this.ending !== undefined) return
    if (this.#ended || this.upgraded) this.#breakOff()
    else if (this.status === 0) this.answer(status, plainText, text)
    else if (this.#framing === 'sized') {
      // What was written may arrive; the client sees a body shorter than announced.
      this.#ended = true
      this.#keepAlive = false
    } else {
      this.write(Buffer.from(text))
      this.end()
    }
    this.#finishNow('cut-off')
  }

  readBody(sink: BodySink): void {
    if (this.ending === undefined) this.#connection.readBody(this.watched(sink))
  }

  resumeBody(): void {
    if (this.ending === undefined) this.#connection.resumeBody()
  }

  askForBody(): void {
    if (this.ending !== undefined || this.status !== 0 || this.#continued) return
    this.#continued = true
    this.#sendInformation(100, [])
  }

  inform(status: number, headers: RawHeaders): void {
    if (this.ending !== undefined || this.status !== 0) return
    if (status === 100) this.#continued = true
    this.#sendInformation(status, headers)
    this.started = true
    this.onActivity?.()
  }

  /** HTTP/1.0 knows none. */
  #sendInformation(status: number, headers: RawHeaders): void {
    if (this.httpMinor > 0) this.#connection.writer.text(`${statusLine(status, '')}${lines(headers)}\r\n`)
  }

  start(status: number, reason: string, headers: RawHeaders, complete: boolean): void {
    if (this.ending !== undefined || this.status !== 0) return
    this.#connection.writer.text(this.#headText(status, reason, headers, complete))
    if (complete) this.#complete()
    this.onActivity?.()
  }

  write(chunk: Buffer): boolean {
    if (this.#ended || this.ending !== undefined || chunk.length === 0) return true
    this.bodyBytes += chunk.length
    const more =
      this.#framing === 'chunked'
        ? this.#connection.writer.chunk(`${chunk.length.toString(16)}\r\n`, chunk, '\r\n')
        : this.#connection.writer.chunk('', chunk, '')
    this.onActivity?.()
    return more
  }

  end(trailers?: RawHeaders): void {
    if (this.#ended || this.ending !== undefined) return
    if (this.#framing === 'chunked')
      this.#connection.writer.text(trailers ? `0\r\n${lines(trailers)}\r\n` : '0\r\n\r\n')
    this.#complete()
  }

  abort(): void {
    if (this.ending !== undefined) return
    this.#ended = true
    this.#breakOff()
    this.#finishNow('aborted')
  }

  switchProtocols(headers: RawHeaders): Duplex {
    this.upgraded = true
    this.status = 101
    this.started = true
    this.#ended = true
    this.#connection.writer.text(`${statusLine(101, '')}${lines(headers)}\r\n`)
    const socket = this.#connection.release()
    socket.once('close', () => this.finish('upgraded'))
    if (socket.destroyed) this.finish('client-gone')
    this.onActivity?.()
    return socket
  }

  transferred(toClientBytes: number): void {
    this.bodyBytes += toClientBytes
    this.onActivity?.()
  }

  /** Requests that wait behind this one go with it. */
  #breakOff(): void {
    this.#keepAlive = false
    this.socket.destroy()
  }

  /** The body can't be read: answers that if nothing was answered yet, and closes. */
  refuse(error: RequestError): void {
    if (this.status !== 0 || this.ending !== undefined) {
      this.#breakOff()
      this.#finishNow('aborted')
      return
    }
    this.#keepAlive = false
    this.answer(error.status, plainText, `${error.status} ${statusPhrase(error.status)}: ${error.message}`)
  }

  /** The connection closed. */
  clientGone(): void {
    this.finish('client-gone')
  }

  /** All that was written is the kernel's. */
  sent(): void {
    if (this.ending === undefined) this.#finishNow('answered')
  }

  #complete(): void {
    this.#ended = true
    this.#connection.flushAll(this)
  }

  #finishNow(ending: 'answered' | 'cut-off' | 'aborted'): void {
    this.finish(ending)
    this.#connection.exchangeEnded(this, this.#keepAlive)
  }

  /** The head of the final response; decides how its body is framed and whether the connection goes on. */
  #headText(status: number, reason: string, headers: RawHeaders, complete: boolean): string {
    this.status = status
    this.started = true
    let sized = false
    let dated = false
    let text = statusLine(status, reason)
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i]!
      if (name.length === 14) sized ||= name.toLowerCase() === 'content-length'
      else if (name.length === 4) dated ||= name.toLowerCase() === 'date'
      text += `${name}: ${headers[i + 1]}\r\n`
    }
    if (!dated) text += `Date: ${dateHeader(this.#connection.clock.now())}\r\n`
    const bodyless = this.method === 'HEAD' || status === 204 || status === 304
    if (sized) this.#framing = 'sized'
    else if (!bodyless && complete) text += 'Content-Length: 0\r\n'
    else if (!bodyless) this.#framing = this.httpMinor > 0 ? 'chunked' : 'until-close'
    // The client may or may not send the body it has announced, so nothing after it could be read reliably.
    if (
      this.#framing === 'until-close' ||
      (this.expectsContinue && !this.#continued) ||
      this.#connection.draining
    )
      this.#keepAlive = false
    if (!this.#keepAlive) text += 'Connection: close\r\n'
    else if (this.httpMinor === 0) text += 'Connection: keep-alive\r\n'
    return this.#framing === 'chunked' ? `${text}Transfer-Encoding: chunked\r\n\r\n` : `${text}\r\n`
  }
}

function statusLine(status: number, reason: string): string {
  return `HTTP/1.1 ${status} ${reason === '' ? statusPhrase(status) : reason}\r\n`
}

function lines(headers: RawHeaders): string {
  let text = ''
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`
  return text
}
