import type { ConnectionOptions } from 'node:tls'
import type { Clock } from '@knative-ts/clock'
import type { DialOptions } from './dial.ts'
import { joinHostPort } from './go-error-text.ts'
import { Http1Pool } from './http1-pool.ts'
import { Http2Pool } from './http2-pool.ts'
import { IdleConnections } from './idle-connections.ts'

/** How long a connection may lie idle by default, milliseconds. */
const defaultIdleMs = 90_000

/** Limits on the connections kept to all destinations together. */
export interface UpstreamsOptions {
  readonly clock: Clock
  /** Idle connections over all destinations. */
  readonly maxIdle: number
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

/** What this package sees of a destination. */
export class PooledDestination implements Destination {
  readonly host: string
  readonly port: number
  readonly address: string
  readonly clock: Clock
  readonly #dial: Omit<DialOptions, 'wanted'>
  readonly #limits: IdleConnections
  #http1: Http1Pool | undefined
  #http2: Http2Pool | undefined

  constructor(dial: Omit<DialOptions, 'wanted'>, limits: IdleConnections) {
    this.host = dial.host
    this.port = dial.port
    this.address = joinHostPort(dial.host, dial.port)
    this.clock = dial.clock
    this.#dial = dial
    this.#limits = limits
  }

  get http1(): Http1Pool {
    this.#http1 ??= new Http1Pool(this.#dial, this.#limits)
    return this.#http1
  }

  get http2(): Http2Pool {
    this.#http2 ??= new Http2Pool(this.#dial, this.#limits)
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
  readonly #idle: IdleConnections

  constructor(options: UpstreamsOptions) {
    this.#clock = options.clock
    this.#random = options.random ?? Math.random
    this.#idle = new IdleConnections(options.clock, {
      maxIdle: options.maxIdle,
      maxIdlePerDestination: options.maxIdlePerDestination,
      idleMs: options.idleMs ?? defaultIdleMs,
    })
  }

  /** Idle connections over all destinations. */
  get idleConnections(): number {
    return this.#idle.count
  }

  /**
   * A destination with no connections yet.
   * @param tls asked at each dial, for TLS without ALPN: the protocol is that of the request, by prior knowledge
   */
  to(host: string, port: number, tls?: () => ConnectionOptions): Destination {
    return new PooledDestination({ host, port, tls, clock: this.#clock, random: this.#random }, this.#idle)
  }

  /** Forgets its timer; destinations are closed by whoever made them. */
  stop(): void {
    this.#idle.stop()
  }
}
