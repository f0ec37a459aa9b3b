import type { ServerHttp2Session } from 'node:http2'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { TLSSocket, TlsOptions } from 'node:tls'
import { type Clock, systemClock, type Timer } from '@knative-ts/clock'
import { answerError } from './answers.ts'
import { beneathTls } from './beneath-tls.ts'
import { ClientReads } from './client-reads.ts'
import type { Exchange } from './exchange.ts'
import { ExchangeList } from './exchange-list.ts'
import type { Http1Exchange } from './http1-exchange.ts'
import { Http1ServerConnection, type Http1ServerConnectionOwner } from './http1-server-connection.ts'
import { Http2Exchange } from './http2-exchange.ts'
import {
  http2,
  http2ConnectionWindow,
  http2ResetBurst,
  http2ResetsPerSecond,
  http2StreamWindow,
} from './http2-module.ts'
import { sniffProtocol } from './protocol-sniffer.ts'
import { defaultServerLimits, type ServerLimits } from './server-limits.ts'

/** As Go's server has it, milliseconds. */
const tcpKeepAliveMs = 5_000
/** How long clients of WebSockets have to answer a close frame, milliseconds. */
const farewellMs = 1_000
/** How long clients have to hang up once we want to leave and nothing is under way, milliseconds. */
const partingMs = 60_000

type ServedExchange = Http1Exchange | Http2Exchange

/** What a `ProxyServer` is given. */
export interface ProxyServerOptions {
  /** Serves one request. If it throws, that request gets 500 and `onHandlerError` the error. */
  readonly handler: (exchange: Exchange) => void
  readonly onHandlerError?: (error: unknown) => void
  readonly limits?: ServerLimits
  /** For slow clients and `Date` headers of HTTP/1.1; the system's if not given. */
  readonly clock?: Clock
  /** With it the server speaks TLS, offering h2 and http/1.1 by ALPN. */
  readonly tls?: TlsOptions
  /** The listener broke after `listen`; a connection that could not be accepted is not reported. */
  readonly onError?: (error: Error) => void
}

/**
 * Serves HTTP/1.1 and HTTP/2 (by prior knowledge, or ALPN under TLS) on one port. A connection's first bytes tell which.
 * A request to upgrade to h2c is answered in HTTP/1.1, as RFC 9110 §7.8 allows.
 */
export class ProxyServer implements Http1ServerConnectionOwner {
  readonly #handler: (exchange: Exchange) => void
  readonly #onHandlerError: ((error: unknown) => void) | undefined
  /** @internal */
  readonly limits: ServerLimits
  /** @internal */
  readonly clock: Clock
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** TCP connections that do not speak TLS yet. */
  readonly #handshakes = new Set<Socket>()
  readonly #sessions = new Set<ServerHttp2Session>()
  readonly #http2Sockets = new WeakSet<Socket>()
  readonly #exchanges = new ExchangeList()
  #draining = false
  #onFewer: (() => void) | undefined
  #onLastSocket: (() => void) | undefined

  constructor(options: ProxyServerOptions) {
    this.#handler = options.handler
    this.#onHandlerError = options.onHandlerError
    this.limits = options.limits ?? defaultServerLimits
    this.clock = options.clock ?? systemClock
    const { tls } = options
    const sockets = {
      keepAlive: true,
      keepAliveInitialDelay: tcpKeepAliveMs,
      noDelay: true,
    }
    this.#server = tls
      ? process
          .getBuiltinModule('node:tls')
          .createServer({ ALPNProtocols: ['h2', 'http/1.1'], ...tls, ...sockets })
      : createServer({ ...sockets, pauseOnConnect: true, allowHalfOpen: true })
    if (tls) {
      this.#server.on('connection', (socket: Socket) => this.#onHandshake(socket))
      this.#server.on('secureConnection', (socket: TLSSocket) => this.#onSecureConnection(socket))
    } else this.#server.on('connection', (socket: Socket) => this.#onConnection(socket))
    this.#server.on('error', (error: NodeJS.ErrnoException) => {
      // Out of file descriptors, for instance: the next connection may fare better.
      if (this.#server.listening && error.syscall !== 'accept') options.onError?.(error)
    })
    this.#server.on('tlsClientError', (_error, socket) => socket.destroy())
  }

  /** Whether `close` was called. */
  get draining(): boolean {
    return this.#draining
  }

  /** Requests being served, upgraded connections included. */
  get inFlight(): number {
    return this.#exchanges.size
  }

  /** @returns the port listened on */
  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /**
   * Starts to accept connections.
   * @param host address to bind; every address of the machine if undefined
   * @param port 0 for any free one
   */
  listen(port: number, host: string | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ port, host, backlog: 4096 }, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
  }

  /** Uses a new certificate for connections to come; only for a server made with `tls`. */
  setSecureContext(options: TlsOptions): void {
    ;(this.#server as unknown as { setSecureContext(options: TlsOptions): void }).setSecureContext(options)
  }

  /**
   * Stops accepting, tells clients to go elsewhere, and resolves when every exchange has ended. Idle connections are
   * closed. Upgraded connections are waited for too, but once nothing else goes on only `linger.ms` more
   * (forever if not given); then they are broken. Clients of WebSockets are told by a close frame with the code 1001 first, and
   * also when, meanwhile, the destination ends one without a close frame. Connections of which the client's side stays open, though
   * nothing has gone on anywhere for a minute, are broken.
   */
  async close(linger?: { readonly ms: number; readonly clock: Clock }): Promise<void> {
    this.#draining = true
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const session of this.#sessions) session.close()
    this.#closeIdle()
    for (const { farewell } of this.#exchanges) if (farewell) farewell.due = true
    let timer: Timer | undefined
    let parting: Timer | undefined
    const part = () => {
      if (this.#exchanges.size === 0) this.destroy()
    }
    this.#onFewer = () => {
      parting?.cancel()
      if (this.#exchanges.size === 0) parting = this.clock.after(partingMs, part)
      if (!linger || timer || !this.#onlyUpgraded()) return
      timer = linger.clock.after(linger.ms, () => {
        if (this.#sayFarewells()) timer = linger.clock.after(farewellMs, () => this.destroy())
        else this.destroy()
      })
    }
    this.#onFewer()
    await closed
    // Sockets that were taken over are not the listener's any more.
    if (this.#sockets.size > 0) await new Promise<void>((resolve) => (this.#onLastSocket = resolve))
    // An HTTP/2 client that has the whole of an answer may have left before the destination ended it.
    this.#onFewer = undefined
    timer?.cancel()
    parting?.cancel()
  }

  /** Breaks every connection. */
  destroy(): void {
    for (const socket of this.#sockets) socket.destroy()
    for (const socket of this.#handshakes) socket.destroy()
  }

  /** Half-open, so that an answer on its way still reaches a client that has ended its side. */
  #onConnection(accepted: Socket): void {
    const reads = ClientReads.of(accepted)
    const socket = reads?.socket ?? accepted
    this.#track(socket)
    this.#sniff(socket, reads)
  }

  #onHandshake(socket: Socket): void {
    this.#handshakes.add(socket)
    socket.once('close', () => this.#handshakes.delete(socket))
  }

  #onSecureConnection(socket: TLSSocket): void {
    this.#handshakes.delete(beneathTls(socket))
    this.#track(socket)
    if (socket.alpnProtocol === 'h2') {
      this.#serveHttp2(socket)
      return
    }
    // Not before: nobody would hear of a client that ends its side amid the handshake.
    socket.allowHalfOpen = true
    this.#sniff(socket, undefined)
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket)
    socket.once('close', () => {
      this.#sockets.delete(socket)
      if (this.#sockets.size === 0) this.#onLastSocket?.()
    })
  }

  #sniff(socket: Socket, reads: ClientReads | undefined): void {
    sniffProtocol(socket, reads, this.limits.headMs, (protocol, first) => {
      if (protocol === 'http1') {
        new Http1ServerConnection(socket, reads, this).take(first)
        return
      }
      socket.unshift(Buffer.from(first))
      this.#serveHttp2(socket)
    })
  }

  #serveHttp2(socket: Socket): void {
    const secure = (socket as TLSSocket).encrypted === true
    // A client that ends its side has left; only HTTP/1.1 knows half-closed connections.
    socket.allowHalfOpen = false
    const session = http2().performServerHandshake(socket, {
      maxSessionMemory: 1000,
      strictSingleValueFields: false,
      maxHeaderListPairs: 10_000,
      maxSendHeaderBlockLength: this.limits.headBytes,
      streamResetBurst: http2ResetBurst,
      streamResetRate: http2ResetsPerSecond,
      settings: {
        maxConcurrentStreams: this.limits.http2Streams,
        maxHeaderListSize: this.limits.headBytes,
        initialWindowSize: http2StreamWindow,
      },
    } as Parameters<typeof import('node:http2').performServerHandshake>[1])
    session.setLocalWindowSize(http2ConnectionWindow)
    this.#sessions.add(session)
    this.#http2Sockets.add(socket)
    session.once('close', () => this.#sessions.delete(session))
    session.on('error', () => socket.destroy())
    session.on('stream', (stream, _headers, flags, raw) => {
      const connection = { socket, secure, clock: this.clock }
      const exchange = new Http2Exchange(stream, raw as unknown as string[], flags, connection)
      if (exchange.method === 'CONNECT') answerError(exchange, 405, 'CONNECT is not supported')
      else this.serve(exchange)
    })
    if (this.#draining) session.close()
  }

  /** @internal */
  serve(exchange: ServedExchange): void {
    this.#exchanges.add(exchange)
    exchange.onEnd(() => {
      this.#exchanges.remove(exchange)
      this.#onFewer?.()
    })
    try {
      this.#handler(exchange)
    } catch (error) {
      if (exchange.status === 0) exchange.answer(500, [])
      else exchange.abort()
      this.#onHandlerError?.(error)
    }
  }

  /** @internal */
  failed(error: unknown): void {
    this.#onHandlerError?.(error)
  }

  #closeIdle(): void {
    const busy = new Set<Socket>()
    for (const exchange of this.#exchanges) busy.add(exchange.socket)
    for (const socket of this.#sockets)
      if (!busy.has(socket) && !this.#http2Sockets.has(socket)) socket.destroy()
    for (const socket of this.#handshakes) socket.destroy()
  }

  /** @returns whether there is somebody who has to read it */
  #sayFarewells(): boolean {
    let said = false
    for (const { farewell } of this.#exchanges) if (farewell?.say()) said = true
    return said
  }

  #onlyUpgraded(): boolean {
    for (const exchange of this.#exchanges) if (!exchange.upgraded) return false
    return true
  }
}
