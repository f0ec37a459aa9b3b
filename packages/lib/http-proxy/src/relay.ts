import type { Duplex } from 'node:stream'
import type { Timer } from '@knative-ts/clock'
import { UpstreamError } from './errors.ts'
import type { BodySink, Ending, Exchange } from './exchange.ts'
import type { ForwardOptions, ForwardOutcome } from './forward.ts'
import type { Http1Connection } from './http1-connection.ts'
import type { Http2Connection } from './http2-connection.ts'
import { hasHeader, headerValue, type RawHeaders } from './raw-headers.ts'
import { rewriteRequestHeaders, withoutHopByHop } from './request-headers.ts'
import { tunnel } from './tunnel.ts'
import type { OutgoingHead, RequestFate, ResponseSink, UpstreamStream } from './upstream-stream.ts'
import type { PooledDestination } from './upstreams.ts'
import { WebSocketFarewell } from './web-socket-farewell.ts'

/** How long a body that waits for `100 Continue` is held back when the destination says nothing, milliseconds. */
const continueMs = 1_000

/**
 * Informational responses that are passed on for one request, bytes of memory; the rest are left out. They have no flow control: a client
 * that reads none of them, or Node's HTTP/2, which remembers all, would hold as many as a destination cares to send.
 */
const maxInformBytes = 64 << 10
/** What one takes beside its headers. */
const informOverheadBytes = 64

const answered: ForwardOutcome = { kind: 'answered' }
const upgraded: ForwardOutcome = { kind: 'upgraded' }
const cancelled: ForwardOutcome = { kind: 'cancelled' }

/** Joins one exchange to one request at a destination; the state of `forward`. */
export class Relay implements BodySink, ResponseSink {
  readonly #exchange: Exchange
  readonly #destination: PooledDestination
  readonly #resolve: (outcome: ForwardOutcome) => void
  readonly #head: OutgoingHead
  readonly #onHead: ForwardOptions['onHead']
  #upstream: UpstreamStream | undefined
  #outcome: ForwardOutcome | undefined
  #retried = false
  #bodyReading = false
  #bodyDone: boolean
  #continueTimer: Timer | undefined
  #informBytes = 0

  constructor(
    exchange: Exchange,
    destination: PooledDestination,
    options: ForwardOptions,
    resolve: (outcome: ForwardOutcome) => void,
  ) {
    this.#exchange = exchange
    this.#destination = destination
    this.#resolve = resolve
    this.#onHead = options.onHead
    this.#bodyDone = !exchange.hasBody
    const host = options.host ?? exchange.host
    this.#head = {
      method: exchange.method,
      target: exchange.target,
      host: host === '' ? destination.address : host,
      headers: rewriteRequestHeaders(exchange, options),
      hasBody: exchange.hasBody,
      chunked: exchange.hasBody && !hasHeader(exchange.headers, 'content-length'),
    }
  }

  start(): void {
    this.#exchange.onEnd((ending) => this.#exchangeEnded(ending))
    if (this.#outcome) return
    if (this.#exchange.httpMajor === 2) this.#openHttp2()
    else this.#openHttp1()
  }

  bodyChunk(chunk: Buffer): boolean {
    return this.#upstream?.write(chunk) ?? true
  }

  bodyEnd(trailers: RawHeaders | undefined): void {
    this.#bodyDone = true
    this.#upstream?.end(trailers)
  }

  drained(): void {
    this.#exchange.resumeBody()
  }

  inform(status: number, headers: RawHeaders): void {
    this.#informBytes += bytesOfInform(headers)
    if (this.#informBytes <= maxInformBytes) {
      try {
        this.#exchange.inform(status, withoutHopByHop(headers))
      } catch {
        // Headers that the client's protocol can't carry; the response may do without the hint.
      }
    }
    if (status === 100) this.#readBody()
  }

  head(status: number, reason: string, headers: RawHeaders, complete: boolean): void {
    const exchange = this.#exchange
    this.#continueTimer?.cancel()
    try {
      exchange.start(status, reason, this.#responseHeaders(status, headers), complete)
    } catch (error) {
      this.#upstream?.cancel()
      this.failed(malformed(error), 'sent')
      return
    }
    if (complete) this.#dropRestOfRequest()
  }

  data(chunk: Buffer): boolean {
    const exchange = this.#exchange
    if (exchange.write(chunk)) return true
    exchange.onDrain ??= () => this.#upstream?.resume()
    return false
  }

  end(trailers: RawHeaders | undefined): void {
    try {
      this.#exchange.end(trailers)
    } catch (error) {
      this.failed(malformed(error), 'sent')
    }
    this.#dropRestOfRequest()
  }

  switched(headers: RawHeaders, socket: Duplex): void {
    const exchange = this.#exchange
    this.#upstream = undefined
    const offered = headerValue(headers, 'upgrade') ?? ''
    if (exchange.upgrade === undefined || exchange.upgrade.toLowerCase() !== offered.toLowerCase()) {
      socket.on('error', () => {})
      socket.destroy()
      const text = `backend tried to switch protocol ${JSON.stringify(offered)} when ${JSON.stringify(exchange.upgrade ?? '')} was requested`
      this.failed(new UpstreamError('UPSTREAM_UPGRADE_MISMATCH', text), 'sent')
      return
    }
    this.#outcome = upgraded
    const out = [...this.#responseHeaders(101, headers), 'Connection', 'Upgrade', 'Upgrade', offered]
    const client = exchange.switchProtocols(out)
    if (offered.toLowerCase() === 'websocket') exchange.farewell = new WebSocketFarewell(client)
    tunnel(
      client,
      socket,
      (toClientBytes) => exchange.transferred(toClientBytes),
      () => this.#resolve(upgraded),
      exchange.farewell,
    )
  }

  failed(error: UpstreamError, fate: RequestFate): void {
    this.#upstream = undefined
    this.#continueTimer?.cancel()
    if (this.#outcome) return
    if (this.#mayRepeat(fate)) {
      this.#retried = true
      if (this.#exchange.httpMajor === 2) this.#openHttp2()
      else this.#dialHttp1()
      return
    }
    if (this.#exchange.status === 0) {
      this.#finish({ kind: 'failed', error, sent: fate !== 'unsent' })
      return
    }
    this.#finish({ kind: 'broken', error })
    this.#exchange.abort()
  }

  #responseHeaders(status: number, headers: RawHeaders): RawHeaders {
    const passedOn = withoutHopByHop(headers)
    const added = this.#onHead?.(status)
    return added ? [...passedOn, ...added] : passedOn
  }

  #openHttp1(): void {
    const connection = this.#destination.http1.takeIdle()
    if (!connection) {
      this.#dialHttp1()
      return
    }
    this.#sendOn(connection)
  }

  #dialHttp1(): void {
    const { http1 } = this.#destination
    http1
      .connect(() => this.#wanted())
      .then(
        (connection) => {
          if (this.#wanted()) this.#sendOn(connection)
          else connection.unused()
        },
        (error: UpstreamError) => this.#dialFailed(error),
      )
  }

  #openHttp2(): void {
    const connection = this.#destination.http2.takeAvailable()
    if (connection) {
      this.#sendOn(connection)
      return
    }
    this.#destination.http2
      .connect(() => this.#wanted())
      .then(
        (opened) => {
          if (this.#wanted()) this.#sendOn(opened)
        },
        (error: UpstreamError) => this.#dialFailed(error),
      )
  }

  #sendOn(connection: Http1Connection | Http2Connection): void {
    try {
      this.#upstream = connection.open(this.#head, this)
    } catch (error) {
      // What the inbound protocol allows and the outgoing one does not, such as a CONNECT.
      this.#retried = true
      this.failed(malformed(error), 'unsent')
      return
    }
    this.#offerBody()
  }

  #wanted(): boolean {
    return this.#outcome === undefined
  }

  #dialFailed(error: UpstreamError): void {
    this.#retried = true
    this.failed(error, 'unsent')
  }

  /** A retry never gets here with a body under way, see `#mayRepeat`. */
  #offerBody(): void {
    if (this.#bodyDone || this.#bodyReading) return
    if (!this.#exchange.expectsContinue) {
      this.#readBody()
      return
    }
    this.#continueTimer = this.#destination.clock.after(continueMs, () => {
      this.#exchange.askForBody()
      this.#readBody()
    })
  }

  #readBody(): void {
    this.#continueTimer?.cancel()
    if (this.#bodyReading || this.#bodyDone) return
    this.#bodyReading = true
    this.#exchange.readBody(this)
  }

  #dropRestOfRequest(): void {
    if (!this.#bodyDone) this.#upstream?.cancel()
    this.#upstream = undefined
  }

  /** As Go's client decides it: at most once, and only what can't have had an effect. */
  #mayRepeat(fate: RequestFate): boolean {
    const { method, hasBody, headers, started } = this.#exchange
    if (this.#retried || started || this.#bodyReading || fate === 'sent') return false
    if (fate === 'unsent') return true
    if (hasBody) return false
    return (
      method === 'GET' ||
      method === 'HEAD' ||
      method === 'OPTIONS' ||
      method === 'TRACE' ||
      hasHeader(headers, 'idempotency-key') ||
      hasHeader(headers, 'x-idempotency-key')
    )
  }

  #exchangeEnded(ending: Ending): void {
    this.#continueTimer?.cancel()
    if (this.#outcome) return
    this.#upstream?.cancel()
    this.#upstream = undefined
    this.#finish(ending === 'answered' ? answered : cancelled)
  }

  #finish(outcome: ForwardOutcome): void {
    this.#outcome = outcome
    this.#continueTimer?.cancel()
    this.#resolve(outcome)
  }
}

function bytesOfInform(headers: RawHeaders): number {
  let bytes = informOverheadBytes
  for (const text of headers) bytes += text.length
  return bytes
}

function malformed(error: unknown): UpstreamError {
  const text = error instanceof Error ? error.message : String(error)
  return new UpstreamError('UPSTREAM_MALFORMED', text, { cause: error })
}
