import type { ConnectionOptions } from 'node:tls'
import type { Clock } from '@knative-ts/clock'
import { AnswerPolling } from './answer-polling.ts'
import type { PoolDialOptions } from './dial.ts'
import { joinHostPort } from './go-error-text.ts'
import { Http1Pool } from './http1-pool.ts'
import { Http2Pool } from './http2-pool.ts'
import { IdleConnections } from './idle-connections.ts'

/** How long a connection may lie idle by default, milliseconds. */
const defaultIdleMs = 90_000

/**
 * Limits on the connections kept to all destinations together. They hold for HTTP/1.1 and for HTTP/2 apart: the one HTTP/2
 * connection of a destination must not be dialled anew for each request because HTTP/1.1 left many idle.
 */
export interface UpstreamsOptions {
  readonly clock: Clock
  /** Idle connections of one protocol over all destinations. */
  readonly maxIdle: number
  /** Idle connections of one protocol to one destination. */
  readonly maxIdlePerDestination: number
  /** Milliseconds; 90 s if not given. */
  readonly idleMs?: number
  /** Uniform in [0, 1), for the jitter of dials. */
  readonly random?: () => number
}

/** A place requests are sent to, with its connections. Made by `Upstreams.to` and kept as long as it is of use. */
export interface Destination {
  readonly host: string
  readonly port: number
  /** `host:port`, an IPv6 address in brackets. */
  readonly address: string
  /** Closes idle connections now and busy ones when their request is done; it must not be forwarded to any more. */
  close(): void
}

interface IdleByProtocol {
  readonly http1: IdleConnections
  readonly http2: IdleConnections
}

/** What this package sees of a destination. */
export class PooledDestination implements Destination {
  readonly host: string
  readonly port: number
  readonly address: string
  readonly clock: Clock
  readonly #dial: PoolDialOptions
  readonly #idle: IdleByProtocol
  readonly #polling: AnswerPolling
  #http1: Http1Pool | undefined
  #http2: Http2Pool | undefined

  constructor(dial: PoolDialOptions, idle: IdleByProtocol, polling: AnswerPolling) {
    this.host = dial.host
    this.port = dial.port
    this.address = joinHostPort(dial.host, dial.port)
    this.clock = dial.clock
    this.#dial = dial
    this.#idle = idle
    this.#polling = polling
  }

  get http1(): Http1Pool {
    this.#http1 ??= new Http1Pool(this.#dial, this.#idle.http1, this.#polling)
    return this.#http1
  }

  get http2(): Http2Pool {
    this.#http2 ??= new Http2Pool(this.#dial, this.#idle.http2)
    return this.#http2
  }

  close(): void {
    this.#http1?.close()
    this.#http2?.close()
  }
}

/** Makes destinations whose idle connections are limited together. */
export class Upstreams {
  readonly #clock: Clock
  readonly #random: () => number
  readonly #idle: IdleByProtocol
  readonly #polling = new AnswerPolling()

  constructor(options: UpstreamsOptions) {
    this.#clock = options.clock
    this.#random = options.random ?? Math.random
    const limits = {
      maxIdle: options.maxIdle,
      maxIdlePerDestination: options.maxIdlePerDestination,
      idleMs: options.idleMs ?? defaultIdleMs,
    }
    this.#idle = {
      http1: new IdleConnections(options.clock, limits),
      http2: new IdleConnections(options.clock, limits),
    }
  }

  /** Idle connections of both protocols over all destinations. */
  get idleConnections(): number {
    return this.#idle.http1.count + this.#idle.http2.count
  }

  /**
   * A destination with no connections yet.
   * @param tls asked at each dial, for TLS without ALPN: the protocol is that of the request, by prior knowledge
   */
  to(host: string, port: number, tls?: () => ConnectionOptions): Destination {
    const dial = { host, port, tls, clock: this.#clock, random: this.#random }
    return new PooledDestination(dial, this.#idle, this.#polling)
  }

  /** Forgets its timers; destinations are closed by whoever made them. */
  stop(): void {
    this.#idle.http1.stop()
    this.#idle.http2.stop()
  }
}
