import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { BodySink, Exchange } from './exchange.ts'
import { ExchangeBase } from './exchange-base.ts'
import { plainAddress } from './plain-address.ts'
import { hasHeader, headerValue, type RawHeaders } from './raw-headers.ts'

const plainText: RawHeaders = ['Content-Type', 'text/plain; charset=utf-8']

/** What an HTTP/1.1 exchange is made of. */
export interface Http1ExchangeParts {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The protocol asked for, if this connection may be handed over. */
  readonly upgrade: string | undefined
  readonly expectsContinue: boolean
  /** Asked when a response starts: whether the connection must close after it. */
  readonly closing: () => boolean
  /** Called when the raw connection changes hands. */
  readonly released?: () => void
}

/** A request that came by HTTP/1.1 (or 1.0). */
export class Http1Exchange extends ExchangeBase implements Exchange {
  readonly method: string
  readonly target: string
  readonly httpMajor = 1
  readonly httpMinor: number
  readonly headers: RawHeaders
  readonly host: string
  readonly hasBody: boolean
  readonly upgrade: string | undefined
  readonly expectsContinue: boolean
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  /** The connection it came by. */
  readonly socket: Socket
  readonly #closing: () => boolean
  readonly #released: (() => void) | undefined
  #continued = false
  #ended = false
  #sized = false

  constructor(parts: Http1ExchangeParts) {
    super()
    const { request, response } = parts
    this.#request = request
    this.#response = response
    this.socket = request.socket
    this.#closing = parts.closing
    this.#released = parts.released
    this.method = request.method!
    this.headers = request.rawHeaders
    this.httpMinor = request.httpVersionMinor
    this.upgrade = parts.upgrade
    this.expectsContinue = parts.expectsContinue
    const url = request.url!
    const authority =
      url.charCodeAt(0) === 47 ? undefined : /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)(.*)$/i.exec(url)
    this.target = authority ? originForm(authority[2]!) : url
    this.host = authority?.[1] ?? headerValue(this.headers, 'host') ?? ''
    this.hasBody = hasBody(this.headers)
    response.on('finish', () => {
      if (!this.upgraded) this.finish('answered')
    })
    response.on('close', () => {
      if (!this.upgraded) this.finish('client-gone')
    })
    response.on('error', () => this.finish('client-gone'))
    response.on('drain', () => this.onDrain?.())
    request.on('error', () => {})
  }

  get secure(): boolean {
    return (this.socket as TLSSocket).encrypted === true
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
    this.#writeHead(status, '', [...headers, 'Content-Length', String(bytes.length)])
    this.#ended = true
    if (this.method !== 'HEAD') this.bodyBytes = bytes.length
    this.#response.end(bytes)
    this.onActivity?.()
  }

  cutOff(status: number, text: string): void {
    if (this.ending !== undefined) return
    if (this.#ended) this.socket.destroy()
    else if (this.status === 0) this.answer(status, plainText, text)
    else if (!this.#sized) {
      this.write(Buffer.from(text))
      this.end()
    } else this.#closeShort()
    this.finish('cut-off')
  }

  readBody(sink: BodySink): void {
    if (this.ending !== undefined) return
    const request = this.#request
    request.on('data', (chunk: Buffer) => {
      if (this.ending === undefined && !sink.bodyChunk(chunk)) request.pause()
    })
    request.on('end', () => {
      if (this.ending !== undefined) return
      const { rawTrailers } = request
      sink.bodyEnd(rawTrailers.length > 0 ? rawTrailers : undefined)
    })
  }

  resumeBody(): void {
    this.#request.resume()
  }

  inform(status: number, headers: RawHeaders): void {
    if (this.ending !== undefined || this.status !== 0) return
    if (status === 100) {
      if (this.#continued || !this.expectsContinue) return
      this.#continued = true
      this.#response.writeContinue()
    } else if (this.httpMinor > 0) {
      this.#response.writeInformation(status, headers)
    }
    this.started = true
    this.onActivity?.()
  }

  start(status: number, reason: string, headers: RawHeaders, complete: boolean): void {
    if (this.ending !== undefined || this.status !== 0) return
    this.#writeHead(status, reason, headers)
    if (complete) this.end()
    else this.#sendHeadWithNextBytes()
    this.onActivity?.()
  }

  #writeHead(status: number, reason: string, headers: RawHeaders): void {
    const response = this.#response
    // The client may or may not send the body it has announced, so nothing after it could be read reliably.
    if (this.#closing() || (this.expectsContinue && !this.#continued)) response.shouldKeepAlive = false
    else if (response.shouldKeepAlive && this.httpMinor > 0) response.removeHeader('connection')
    response.writeHead(status, reason || undefined, headers as string[])
    this.#sized = hasHeader(headers, 'content-length')
    this.status = status
    this.started = true
  }

  write(chunk: Buffer): boolean {
    if (this.#ended || this.ending !== undefined) return true
    this.bodyBytes += chunk.length
    const more = this.#response.write(chunk)
    this.onActivity?.()
    return more
  }

  end(trailers?: RawHeaders): void {
    if (this.#ended || this.ending !== undefined) return
    this.#ended = true
    if (trailers) this.#response.addTrailers(pairs(trailers))
    this.#response.end()
  }

  abort(): void {
    if (this.ending !== undefined) return
    this.#ended = true
    this.socket.destroy()
    this.finish('aborted')
  }

  switchProtocols(headers: RawHeaders): Duplex {
    const socket = this.socket
    this.upgraded = true
    this.status = 101
    this.started = true
    this.#ended = true
    this.#released?.()
    this.#response.detachSocket(socket)
    let head = 'HTTP/1.1 101 Switching Protocols\r\n'
    for (let i = 0; i < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`
    socket.write(`${head}\r\n`, 'latin1')
    socket.once('close', () => this.finish('upgraded'))
    if (socket.destroyed) this.finish('client-gone')
    this.onActivity?.()
    return socket
  }

  transferred(toClientBytes: number): void {
    this.bodyBytes += toClientBytes
    this.onActivity?.()
  }

  /** The head waits for the end of this turn, so that it shares a packet with what the destination sent along. */
  #sendHeadWithNextBytes(): void {
    const socket = this.socket
    socket.cork()
    process.nextTick(uncork, socket)
    this.#response.flushHeaders()
  }

  /** Lets what was written arrive, then closes, so that the client sees a body shorter than announced. */
  #closeShort(): void {
    this.#ended = true
    this.socket.destroySoon()
  }
}

function uncork(socket: Socket): void {
  socket.uncork()
}

function hasBody(headers: RawHeaders): boolean {
  const length = headerValue(headers, 'content-length')
  if (length !== undefined) return Number(length) > 0
  return hasHeader(headers, 'transfer-encoding')
}

function originForm(rest: string): string {
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** The form in which `node:http` takes names that may repeat. */
function pairs(headers: RawHeaders): [string, string][] {
  const out: [string, string][] = []
  for (let i = 0; i < headers.length; i += 2) out.push([headers[i]!, headers[i + 1]!])
  return out
}
