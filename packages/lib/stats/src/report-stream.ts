import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2'
import { connect as tcpConnect } from 'node:net'
import type { Clock, Timer } from '@knative-ts/clock'
import { StatsError, statsErrorCodes } from './errors.ts'
import { ReportRequest, ReportResponse } from './gen/stats.ts'
import { FrameReader, frame } from './grpc-frames.ts'

/** The method of the stream, as HTTP/2 path. */
export const reportPath = '/knative.stats.v1.StatsService/Report'

/** Covers the connection, HTTP/2 and the acceptance of the stream together. */
const openWithinMs = 3000
const pingEveryMs = 10_000 / 3
const pongWithinMs = 10_000

/** So many redirects in a row mean that autoscalers disagree about an owner, and would send a reporter to each other for ever. */
export const maxRedirects = 3

export interface ReportStreamOptions {
  /** `host:port` of an autoscaler's `grpc-stats` port. */
  address: string
  /** Local IP to dial from; the autoscaler knows a pod by it. An unspecified one leaves the choice to the system. */
  localAddress?: string
  clock: Clock
  /** The autoscaler has accepted the stream. */
  onOpen: () => void
  onResponse: (response: ReportResponse) => void
  /** The stream has ended, once; `error` is absent when the autoscaler ended it in good order. */
  onClose: (error?: Error) => void
}

/**
 * One gRPC stream to an autoscaler, over Node's own HTTP/2: a reporter sits beside every pod, where a gRPC
 * library would cost more memory than the rest of the process's own code. A peer that does not accept the
 * stream within 3 s, or later answers no ping for 10 s, is given up.
 */
export class ReportStream {
  readonly #session: ClientHttp2Session
  readonly #stream: ClientHttp2Stream
  readonly #options: ReportStreamOptions
  /** Ends the wait for acceptance, after that the wait for the next ping. */
  #timer: Timer
  #lastPongMs = 0
  #closed = false

  /** @throws StatsError `STATS_BAD_ADDRESS` */
  constructor(options: ReportStreamOptions) {
    this.#options = options
    const { host, port } = parseAddress(options.address)
    const { localAddress, clock } = options
    this.#session = process.getBuiltinModule('node:http2').connect(`http://${options.address}`, {
      createConnection: () =>
        tcpConnect({ host, port, noDelay: true, ...(isOneAddress(localAddress) ? { localAddress } : {}) }),
      settings: { enablePush: false },
    })
    this.#session.on('error', (error) => this.#finish(error))
    this.#session.on('close', () => this.#finish(lost()))
    this.#session.unref()
    this.#stream = this.#session.request(
      {
        ':method': 'POST',
        ':path': reportPath,
        'content-type': 'application/grpc',
        te: 'trailers',
        'user-agent': 'knative-ts-stats',
      },
      { endStream: false },
    )
    this.#listen()
    this.#timer = clock.after(openWithinMs, () => this.#finish(notAccepted('no answer within 3 s')))
  }

  /** Queues a message; a message sent after the end is dropped. */
  send(request: Partial<ReportRequest>): void {
    if (this.#closed) return
    const message: ReportRequest = {
      queueProxy: undefined,
      activator: undefined,
      stat: undefined,
      revisionStats: [],
      readiness: undefined,
      idle: [],
      ...request,
    }
    this.#stream.write(frame(ReportRequest.encode(message).finish()))
  }

  /** Ends the stream in good order, without calling `onClose`. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#timer.cancel()
    this.#stream.end()
    this.#session.close()
  }

  #listen(): void {
    const frames = new FrameReader((message) => {
      if (!this.#closed) this.#options.onResponse(ReportResponse.decode(message))
    })
    this.#stream.on('response', (headers) => {
      const status = headers[':status']
      const grpcStatus = headers['grpc-status']
      if (status !== 200 || (grpcStatus !== undefined && grpcStatus !== '0')) {
        const detail = headers['grpc-message'] ?? `HTTP status ${status}, gRPC status ${grpcStatus}`
        this.#finish(notAccepted(String(detail)))
      } else if (!this.#closed) this.#opened()
    })
    this.#stream.on('data', (chunk: Buffer) => {
      try {
        frames.push(chunk)
      } catch (error) {
        this.#finish(error instanceof Error ? error : new Error(String(error)))
      }
    })
    this.#stream.on('error', (error) => this.#finish(error))
    this.#stream.on('end', () => this.#finish())
  }

  #opened(): void {
    const { clock, onOpen } = this.#options
    this.#timer.cancel()
    this.#lastPongMs = clock.monotonic()
    this.#timer = clock.after(pingEveryMs, () => this.#ping())
    onOpen()
  }

  /** Pings, and comes back when the next ping is due, or when the peer will be dead if that is sooner. */
  #ping(): void {
    const { clock } = this.#options
    const deadInMs = this.#lastPongMs + pongWithinMs - clock.monotonic()
    if (deadInMs <= 0) {
      this.#finish(lost('no answer to pings for 10 s'))
      return
    }
    this.#session.ping((error) => {
      if (!error) this.#lastPongMs = clock.monotonic()
    })
    // In less than a whole millisecond a timer might find that no time has passed.
    this.#timer = clock.after(Math.min(pingEveryMs, Math.ceil(deadInMs)), () => this.#ping())
  }

  #finish(error?: Error): void {
    if (this.#closed) return
    this.#closed = true
    this.#timer.cancel()
    this.#session.destroy()
    this.#options.onClose(error)
  }
}

function notAccepted(detail: string): StatsError {
  return new StatsError(statsErrorCodes.notAccepted, `stats stream was not accepted: ${detail}`)
}

function lost(detail = 'the connection closed'): StatsError {
  return new StatsError(statsErrorCodes.connectionLost, `stats stream lost: ${detail}`)
}

function isOneAddress(address: string | undefined): address is string {
  return address !== undefined && address !== '' && address !== '0.0.0.0' && address !== '::'
}

/** Splits `host:port`, where an IPv6 host stands in brackets. */
export function parseAddress(address: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(address)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  if (!host || port < 1 || port > 65535) {
    throw new StatsError(
      statsErrorCodes.badAddress,
      `stats address ${JSON.stringify(address)} must be host:port`,
    )
  }
  return { host, port }
}
