import type { Duplex } from 'node:stream'
import type { Clock } from '@knative-ts/clock'
import { UpstreamError } from './errors.ts'
import type { RawHeaders } from './raw-headers.ts'
import { withoutHopByHop } from './request-headers.ts'
import type { OutgoingHead, RequestFate, ResponseSink, UpstreamStream } from './upstream-stream.ts'
import type { Destination, PooledDestination } from './upstreams.ts'

/** A request of our own, such as a probe: no body, and a small answer. */
export interface SmallRequest {
  readonly method: string
  readonly target: string
  /** Host to send; the destination's address if not given. */
  readonly host?: string
  readonly headers: RawHeaders
  /** 1 unless the destination is known to speak HTTP/2 by prior knowledge. */
  readonly httpMajor?: 1 | 2
  /** Milliseconds for the whole of it. */
  readonly timeoutMs: number
  /** Calls it off. */
  readonly signal?: AbortSignal
}

/** The answer to a `SmallRequest`. */
export interface SmallResponse {
  readonly status: number
  readonly headers: RawHeaders
  /** At most the first 64 KiB. */
  readonly body: Buffer
}

const maxBodyBytes = 64 << 10

/**
 * Sends a request over the same connections that `forward` uses.
 * @throws UpstreamError, with code UPSTREAM_TIMEOUT when `timeoutMs` passed and CANCELLED when `signal` aborted
 */
export function send(destination: Destination, request: SmallRequest, clock: Clock): Promise<SmallResponse> {
  return new Promise((resolve, reject) => {
    new SmallExchange(destination as PooledDestination, request, clock, resolve, reject).start()
  })
}

class SmallExchange implements ResponseSink {
  readonly #destination: PooledDestination
  readonly #request: SmallRequest
  readonly #resolve: (response: SmallResponse) => void
  readonly #reject: (error: UpstreamError) => void
  readonly #stop: () => void
  readonly #chunks: Buffer[] = []
  #size = 0
  #upstream: UpstreamStream | undefined
  #done = false
  #retried = false
  #status = 0
  #headers: RawHeaders = []

  constructor(
    destination: PooledDestination,
    request: SmallRequest,
    clock: Clock,
    resolve: (response: SmallResponse) => void,
    reject: (error: UpstreamError) => void,
  ) {
    this.#destination = destination
    this.#request = request
    this.#resolve = resolve
    this.#reject = reject
    const { signal, timeoutMs } = request
    const timer = clock.after(timeoutMs, () =>
      this.#fail(new UpstreamError('UPSTREAM_TIMEOUT', 'context deadline exceeded')),
    )
    const onAbort = () => this.#fail(new UpstreamError('CANCELLED', 'context canceled'))
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#stop = () => {
      this.#done = true
      timer.cancel()
      signal?.removeEventListener('abort', onAbort)
    }
  }

  start(): void {
    if (this.#request.signal?.aborted) this.#fail(new UpstreamError('CANCELLED', 'context canceled'))
    else this.#open()
  }

  inform(): void {}

  head(status: number, _reason: string, headers: RawHeaders, complete: boolean): void {
    this.#status = status
    this.#headers = headers
    if (complete) this.end()
  }

  data(chunk: Buffer): boolean {
    this.#chunks.push(Buffer.from(chunk))
    this.#size += chunk.length
    if (this.#size >= maxBodyBytes) {
      this.#upstream?.cancel()
      this.end()
    }
    return true
  }

  end(): void {
    if (this.#done) return
    this.#stop()
    const body = Buffer.concat(this.#chunks, Math.min(this.#size, maxBodyBytes))
    this.#resolve({ status: this.#status, headers: this.#headers, body })
  }

  switched(_headers: RawHeaders, socket: Duplex): void {
    socket.on('error', () => {})
    socket.destroy()
    this.#fail(new UpstreamError('UPSTREAM_UPGRADE_MISMATCH', 'unexpected 101 response'))
  }

  failed(error: UpstreamError, fate: RequestFate): void {
    this.#upstream = undefined
    if (this.#done) return
    if (this.#retried || fate === 'sent') {
      this.#fail(error)
      return
    }
    this.#retried = true
    this.#open()
  }

  drained(): void {}

  #open(): void {
    const { http1, http2 } = this.#destination
    const over2 = this.#request.httpMajor === 2
    const ready = over2 ? http2.takeAvailable() : this.#retried ? undefined : http1.takeIdle()
    if (ready) {
      this.#sendOn(ready)
      return
    }
    const wanted = () => !this.#done
    const connecting: Promise<Connection> = over2 ? http2.connect(wanted) : http1.connect(wanted)
    connecting.then(
      (connection) => {
        if (!this.#done) this.#sendOn(connection)
        else connection.unused?.()
      },
      (error: UpstreamError) => this.#fail(error),
    )
  }

  #sendOn(connection: Connection): void {
    try {
      this.#upstream = connection.open(this.#head(), this)
    } catch (error) {
      connection.unused?.()
      this.#fail(new UpstreamError('UPSTREAM_MALFORMED', (error as Error).message, { cause: error }))
    }
  }

  #head(): OutgoingHead {
    const { method, target, httpMajor, host = this.#destination.address } = this.#request
    const headers = httpMajor === 2 ? withoutHopByHop(this.#request.headers) : this.#request.headers
    return { method, target, host, headers, hasBody: false, chunked: false }
  }

  #fail(error: UpstreamError): void {
    if (this.#done) return
    this.#stop()
    this.#upstream?.cancel()
    this.#reject(error)
  }
}

/** What the two kinds of connection have in common. */
interface Connection {
  open(head: OutgoingHead, sink: ResponseSink): UpstreamStream
  /** Gives it back without a request. */
  unused?(): void
}
