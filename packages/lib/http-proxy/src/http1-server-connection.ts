import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Clock, Timer } from '@knative-ts/clock'
import { beneathTls } from './beneath-tls.ts'
import type { ClientBytes, ClientReads } from './client-reads.ts'
import { CoalescingWriter } from './coalescing-writer.ts'
import { RequestError } from './errors.ts'
import type { BodySink } from './exchange.ts'
import { HeldBytes } from './held-bytes.ts'
import { Http1Exchange } from './http1-exchange.ts'
import { plainAddress } from './plain-address.ts'
import type { RawHeaders } from './raw-headers.ts'
import { ReadAhead } from './read-ahead.ts'
import type { RequestHead } from './request-head.ts'
import { type RequestEvents, RequestReader } from './request-reader.ts'
import { lingerMs, maxDiscardedBytes } from './rest-of-request.ts'
import type { ServerLimits } from './server-limits.ts'
import { statusPhrase } from './status-phrases.ts'

/** How often a connection that is not read is looked at, milliseconds. */
const lookMs = 1_000

/** What a connection works for. */
export interface Http1ServerConnectionOwner {
  readonly limits: ServerLimits
  readonly clock: Clock
  /** Whether connections are to close after the answer under way. */
  readonly draining: boolean
  serve(exchange: Http1Exchange): void
  /** Something of ours threw while a request was read. */
  failed(error: unknown): void
}

/**
 * One client's HTTP/1.x connection: reads requests one after the other (pipelined ones wait their turn) and sends what their exchanges
 * write, with as few system calls as can be.
 */
export class Http1ServerConnection implements RequestEvents, ClientBytes {
  readonly socket: Socket
  /** Sends to the client. */
  readonly writer: CoalescingWriter
  readonly #owner: Http1ServerConnectionOwner
  readonly #reads: ClientReads | undefined
  readonly #reader: RequestReader
  /** The request being served. */
  #exchange: Http1Exchange | undefined
  #sink: BodySink | undefined
  #sinkFull = false
  /** Bytes that were received and not yet read, from `#at`. */
  #received: Buffer | undefined
  #at = 0
  /** What `#received` grows in, if it came in several packets. */
  #store: HeldBytes | undefined
  readonly #ahead = new ReadAhead()
  #reading = false
  /** What comes next can't be read. */
  #unreadable = false
  #closing = false
  #headTimer: Timer | undefined
  #lookTimer: Timer | undefined
  #discardedBytes = 0
  #remoteAddress: string | undefined

  /** @param reads what `socket` is read with; if undefined, by its `data` events */
  constructor(socket: Socket, reads: ClientReads | undefined, owner: Http1ServerConnectionOwner) {
    this.socket = socket
    this.#reads = reads
    this.writer = new CoalescingWriter(socket, () => this.#exchange?.onDrain?.())
    this.#owner = owner
    this.#reader = new RequestReader(this, owner.limits.headBytes)
    if (reads) reads.to = this
    else socket.on('data', this.take)
    socket.on('end', this.#onEnd)
    socket.on('error', ignore)
    socket.on('close', this.#onClose)
    socket.resume()
  }

  get remoteAddress(): string {
    this.#remoteAddress ??= plainAddress(this.socket.remoteAddress)
    return this.#remoteAddress
  }

  get secure(): boolean {
    return (this.socket as TLSSocket).encrypted === true
  }

  get draining(): boolean {
    return this.#owner.draining
  }

  get clock(): Clock {
    return this.#owner.clock
  }

  onHead(head: RequestHead, next: number): void {
    this.#at = next
    const exchange = new Http1Exchange(this, head)
    this.#exchange = exchange
    this.#owner.serve(exchange)
  }

  onBody(chunk: Buffer): void {
    if (this.#sink?.bodyChunk(chunk) !== false) return
    this.#sinkFull = true
    this.#reads?.buffer.hold()
  }

  onEnd(trailers: RawHeaders | undefined): void {
    this.#sink?.bodyEnd(trailers)
    this.#sink = undefined
  }

  /** Lets the body of the request being served flow into `sink`. */
  readBody(sink: BodySink): void {
    this.#sink = sink
    this.#read()
  }

  resumeBody(): void {
    this.#sinkFull = false
    this.#read()
  }

  /** Sends what is pending, and tells `exchange` once all of it is the kernel's; never within this call. */
  flushAll(exchange: Http1Exchange): void {
    this.writer.flush()
    if (this.socket.writableLength === 0) process.nextTick(tellSent, exchange)
    else this.socket.write('', () => exchange.sent())
  }

  /** The request being served has come to its end; on with the next, or with closing. */
  exchangeEnded(exchange: Http1Exchange, reusable: boolean): void {
    if (this.#exchange !== exchange) return
    this.#exchange = undefined
    this.#sink = undefined
    if (this.#sinkFull) this.#reads?.buffer.leave()
    this.#sinkFull = false
    if (!reusable || this.#owner.draining) {
      this.close()
      return
    }
    if (this.#reader.inBody) this.#discardBody()
    this.#read()
  }

  /** Closes once everything is sent, in a way that lets a client which is still sending read our answer. */
  close(): void {
    if (this.#closing) return
    this.#closing = true
    this.#stopHeadTimer()
    this.#stopLooking()
    this.writer.flush()
    const { socket } = this
    if (!this.#reader.inBody && !this.#reader.inHead && this.#received === undefined) {
      socket.destroySoon()
      return
    }
    this.#dropReceived()
    socket.end()
    socket.resume()
    const timer = this.#owner.clock.after(lingerMs, () => socket.destroy())
    socket.once('close', () => timer.cancel())
  }

  /** Takes our hands off the socket. What the client sent ahead can be read from it. */
  release(): Socket {
    const { socket } = this
    this.writer.release()
    this.#closing = true
    socket.pause()
    if (this.#reads) this.#reads.to = undefined
    else socket.off('data', this.take)
    socket.off('end', this.#onEnd)
    socket.off('close', this.#onClose)
    this.#stopLooking()
    const rest = this.#received?.subarray(this.#at)
    this.#dropReceived()
    if (rest !== undefined && rest.length > 0) socket.unshift(Buffer.from(rest))
    this.#reads?.buffer.leave()
    return socket
  }

  get midMessage(): boolean {
    return this.#reader.inBody
  }

  readonly take = (packet: Buffer): void => {
    if (this.#closing) return
    if (this.#received === undefined) this.#received = packet
    else this.#append(this.#received, packet)
    this.#read()
    if (this.#received === undefined || !this.#reads || this.#store) return
    this.#received = this.#reads.buffer.keep(this.#received.subarray(this.#at))
    this.#at = 0
  }

  #append(before: Buffer, packet: Buffer): void {
    if (this.#store === undefined || this.#at > 0) {
      this.#store = new HeldBytes()
      this.#store.add(before, this.#at, before.length)
      this.#at = 0
      if (!this.#sinkFull) this.#reads?.buffer.free()
    }
    this.#store.add(packet, 0, packet.length)
    this.#received = this.#store.bytes
  }

  /** Reads as far as somebody wants what comes next. */
  #read(): void {
    if (this.#reading || this.#received === undefined) {
      this.#resumeSocket()
      return
    }
    this.#reading = true
    try {
      while (this.#received !== undefined && this.#mayRead()) {
        this.#at = this.#reader.step(this.#received, this.#at)
        if (this.#received !== undefined && this.#at < this.#received.length) continue
        this.#dropReceived()
        this.#at = 0
      }
    } catch (error) {
      this.#refuse(error)
    } finally {
      this.#reading = false
    }
    if (this.#closing) return
    this.#watchHead()
    if (this.#sinkFull || !this.#mayReadAhead()) {
      this.socket.pause()
      this.#lookTimer ??= this.#owner.clock.after(lookMs, this.#look)
    } else this.#resumeSocket()
  }

  #mayReadAhead(): boolean {
    if (this.#received === undefined) return true
    const waits = this.#reader.inBody && this.#sink === undefined
    return this.#ahead.admits(this.#received.length - this.#at, waits)
  }

  #dropReceived(): void {
    this.#received = undefined
    this.#store = undefined
    this.#ahead.done()
  }

  /** Nobody hears of a client that broke off while its socket is not read; but writing nothing to it fails. */
  readonly #look = () => {
    this.#lookTimer = undefined
    if (this.#closing || !this.socket.isPaused()) return
    // TLS would not pass on a write of nothing.
    if (this.socket.writableLength === 0) beneathTls(this.socket).write('')
    this.#lookTimer = this.#owner.clock.after(lookMs, this.#look)
  }

  #stopLooking(): void {
    this.#lookTimer?.cancel()
    this.#lookTimer = undefined
  }

  #mayRead(): boolean {
    if (this.#closing || this.#unreadable) return false
    return this.#reader.inBody ? this.#sink !== undefined && !this.#sinkFull : this.#exchange === undefined
  }

  #resumeSocket(): void {
    if (this.#received !== undefined || this.#sinkFull || this.#closing) return
    this.#reads?.buffer.free()
    if (this.socket.isPaused()) this.socket.resume()
  }

  /** A head that has begun must be complete in time. */
  #watchHead(): void {
    if (!this.#reader.inHead) this.#stopHeadTimer()
    else this.#headTimer ??= this.#owner.clock.after(this.#owner.limits.headMs, this.#onSlowHead)
  }

  #stopHeadTimer(): void {
    if (this.#headTimer === undefined) return
    this.#headTimer.cancel()
    this.#headTimer = undefined
  }

  #discardBody(): void {
    this.#discardedBytes = 0
    this.#sink = {
      bodyChunk: (chunk) => {
        this.#discardedBytes += chunk.length
        if (this.#discardedBytes > maxDiscardedBytes) this.close()
        return true
      },
      bodyEnd: () => {},
    }
  }

  /** Answers what can't be read; nothing after it could be. */
  #refuse(error: unknown): void {
    this.#unreadable = true
    if (!(error instanceof RequestError)) {
      this.#owner.failed(error)
      this.socket.destroy()
      return
    }
    const exchange = this.#exchange
    if (exchange) {
      exchange.refuse(error)
      return
    }
    if (this.#reader.inBody) {
      // The rest of a request that has its answer.
      this.#closeLingering()
      return
    }
    const phrase = statusPhrase(error.status)
    const body = `${error.status} ${phrase}: ${error.message}`
    this.writer.text(
      `HTTP/1.1 ${error.status} ${phrase}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    this.#closeLingering()
  }

  #closeLingering(): void {
    this.#received ??= Buffer.alloc(0)
    this.close()
  }

  readonly #onSlowHead = () => this.#refuse(new RequestError(408, 'request head not complete in time'))

  readonly #onEnd = () => {
    // As Go and Envoy see it, a client that ends its side has gone; but what is on its way may still arrive.
    if (this.#exchange?.allWritten === false) this.socket.destroy()
    else this.socket.destroySoon()
  }

  readonly #onClose = () => {
    this.#closing = true
    this.#reads?.buffer.close()
    this.#stopHeadTimer()
    this.#stopLooking()
    this.#dropReceived()
    this.#exchange?.clientGone()
  }
}

function ignore(): void {}

function tellSent(exchange: Http1Exchange): void {
  exchange.sent()
}
