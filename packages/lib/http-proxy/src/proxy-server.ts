import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { ServerHttp2Session } from 'node:http2'
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net'
import type { TLSSocket, TlsOptions } from 'node:tls'
import type { Clock, Timer } from '@knative-ts/clock'
import type { Exchange } from './exchange.ts'
import { Http1Exchange } from './http1-exchange.ts'
import { Http2Exchange } from './http2-exchange.ts'
import { http2, http2ConnectionWindow, http2StreamWindow } from './http2-module.ts'
import { sniffProtocol } from './protocol-sniffer.ts'
import { hasHeader, headerValue, listHasToken } from './raw-headers.ts'
import { defaultServerLimits, type ServerLimits } from './server-limits.ts'

type ServedExchange = Http1Exchange | Http2Exchange

/** What a `ProxyServer` is given. */
export interface ProxyServerOptions {
  /** Serves one request. If it throws, that request gets 500 and `onHandlerError` the error. */
  readonly handler: (exchange: Exchange) => void
  readonly onHandlerError?: (error: unknown) => void
  readonly limits?: ServerLimits
  /** With it the server speaks TLS, offering h2 and http/1.1 by ALPN. */
  readonly tls?: TlsOptions
  /** The listener broke after `listen`; a connection that could not be accepted is not reported. */
  readonly onError?: (error: Error) => void
}

/**
 * Serves HTTP/1.1 and HTTP/2 (by prior knowledge, or ALPN under TLS) on one port. A connection's first bytes tell which.
 * A request to upgrade to h2c is answered in HTTP/1.1, as RFC 9110 §7.8 allows.
 */
export class ProxyServer {
  readonly #handler: (exchange: Exchange) => void
  readonly #onHandlerError: ((error: unknown) => void) | undefined
  readonly #limits: ServerLimits
  readonly #server: Server
  readonly #serveHttp1: (socket: Socket) => void
  readonly #sockets = new Set<Socket>()
  readonly #sessions = new Set<ServerHttp2Session>()
  readonly #http2Sockets = new WeakSet<Socket>()
  readonly #closing = () => this.#draining
  readonly #exchanges = new Set<ServedExchange>()
  #draining = false
  #onFewer: (() => void) | undefined

  constructor(options: ProxyServerOptions) {
    this.#handler = options.handler
    this.#onHandlerError = options.onHandlerError
    this.#limits = options.limits ?? defaultServerLimits
    const http1 = {
      maxHeaderSize: this.#limits.headBytes,
      headersTimeout: this.#limits.headMs,
      requestTimeout: 0,
      keepAliveTimeout: 0,
      connectionsCheckingInterval: Math.min(30_000, this.#limits.headMs),
      keepAlive: true,
      keepAliveInitialDelay: 5_000,
      noDelay: true,
      optimizeEmptyRequests: true,
      shouldUpgradeCallback: isUpgrade,
    }
    this.#server = options.tls
      ? process
          .getBuiltinModule('node:https')
          .createServer({ ALPNProtocols: ['h2', 'http/1.1'], ...options.tls, ...http1 })
      : createServer(http1)
    this.#server.maxHeadersCount = 0
    const event = options.tls ? 'secureConnection' : 'connection'
    this.#serveHttp1 = this.#takeOver(event)
    this.#server.on('request', (request, response) => this.#onHttp1(request, response, false))
    this.#server.on('checkContinue', (request, response) => this.#onHttp1(request, response, true))
    this.#server.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket as Socket, head))
    this.#server.on('error', (error: NodeJS.ErrnoException) => {
      // Out of file descriptors, for instance: the next connection may fare better.
      if (this.#server.listening && error.syscall !== 'accept') options.onError?.(error)
    })
    this.#server.on('tlsClientError', (_error, socket) => socket.destroy())
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
   * (forever if not given); then they are broken.
   */
  async close(linger?: { readonly ms: number; readonly clock: Clock }): Promise<void> {
    this.#draining = true
    const server = this.#server
    // Not `server.close`, which would also cut responses that are written but not yet sent.
    const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()))
    for (const session of this.#sessions) session.close()
    this.#closeIdle()
    let timer: Timer | undefined
    this.#onFewer = () => {
      if (!linger || timer || !this.#onlyUpgraded()) return
      timer = linger.clock.after(linger.ms, () => this.destroy())
    }
    this.#onFewer()
    await closed
    timer?.cancel()
    server.close(() => {})
  }

  /** Breaks every connection. */
  destroy(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Puts ourselves between `node:http` and new connections. @returns what serves HTTP/1.1 on one */
  #takeOver(event: 'connection' | 'secureConnection'): (socket: Socket) => void {
    const server = this.#server
    const [serve] = server.listeners(event) as ((socket: Socket) => void)[]
    if (!serve) throw new Error(`node:http does not listen to ${event}`)
    server.removeListener(event, serve)
    server.on(event, (socket: Socket) => this.#onConnection(socket))
    return serve.bind(server)
  }

  #onConnection(socket: Socket): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    if ((socket as TLSSocket).alpnProtocol === 'h2') {
      this.#serveHttp2(socket)
      return
    }
    sniffProtocol(socket, this.#limits.headMs, (protocol) => {
      if (protocol === 'http2') this.#serveHttp2(socket)
      else this.#serveHttp1(socket)
    })
  }

  #serveHttp2(socket: Socket): void {
    const secure = (socket as TLSSocket).encrypted === true
    const session = http2().performServerHandshake(socket, {
      maxSessionMemory: 1000,
      maxHeaderListPairs: 10_000,
      maxSendHeaderBlockLength: this.#limits.headBytes,
      settings: {
        maxConcurrentStreams: this.#limits.http2Streams,
        maxHeaderListSize: this.#limits.headBytes,
        initialWindowSize: http2StreamWindow,
      },
    } as Parameters<typeof import('node:http2').performServerHandshake>[1])
    session.setLocalWindowSize(http2ConnectionWindow)
    this.#sessions.add(session)
    this.#http2Sockets.add(socket)
    session.once('close', () => this.#sessions.delete(session))
    session.on('error', () => socket.destroy())
    session.on('stream', (stream, _headers, flags, raw) => {
      this.#serve(new Http2Exchange(stream, raw as unknown as string[], flags, socket, secure))
    })
    if (this.#draining) session.close()
  }

  #onHttp1(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const coding = headerValue(request.rawHeaders, 'transfer-encoding')
    if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
      // We could not pass on a coding that we don't undo.
      response.writeHead(501, { connection: 'close' }).end('Unsupported transfer encoding')
      return
    }
    this.#serve(
      new Http1Exchange({ request, response, upgrade: undefined, expectsContinue, closing: this.#closing }),
    )
  }

  #onUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    if (head.length > 0) socket.unshift(head)
    const response = new ServerResponse(request)
    response.assignSocket(socket)
    response.shouldKeepAlive = false
    const onDrain = () => response.emit('drain')
    const onReadable = () => {
      // Only to notice that the client left; what it sends early waits for the switch.
      if (socket.readableLength === 0) socket.read()
    }
    const onEnd = () => socket.destroy()
    socket.on('drain', onDrain).on('readable', onReadable).on('end', onEnd).on('error', ignore)
    response.once('finish', () => socket.destroySoon())
    const upgrade = headerValue(request.rawHeaders, 'upgrade')
    const exchange = new Http1Exchange({
      request,
      response,
      upgrade,
      expectsContinue: false,
      closing: () => true,
      released: () => socket.off('drain', onDrain).off('readable', onReadable).off('end', onEnd),
    })
    this.#serve(exchange)
  }

  #serve(exchange: ServedExchange): void {
    this.#exchanges.add(exchange)
    exchange.onEnd(() => {
      this.#exchanges.delete(exchange)
      if (!this.#draining) return
      if (exchange.httpMajor === 1) exchange.socket.destroySoon()
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

  #closeIdle(): void {
    const busy = new Set<Socket>()
    for (const exchange of this.#exchanges) busy.add(exchange.socket)
    for (const socket of this.#sockets)
      if (!busy.has(socket) && !this.#http2Sockets.has(socket)) socket.destroy()
  }

  #onlyUpgraded(): boolean {
    for (const exchange of this.#exchanges) if (!exchange.upgraded) return false
    return true
  }
}

function ignore(): void {}

/** Whether to hand the connection over: not for h2c, which we only speak from the start, nor amid a body. */
function isUpgrade(request: IncomingMessage): boolean {
  const { rawHeaders } = request
  const protocol = headerValue(rawHeaders, 'upgrade')
  if (!protocol || listHasToken(protocol, 'h2c')) return false
  const length = headerValue(rawHeaders, 'content-length')
  return (length === undefined || Number(length) === 0) && !hasHeader(rawHeaders, 'transfer-encoding')
}
