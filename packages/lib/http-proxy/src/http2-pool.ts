import { dial, type PoolDialOptions } from './dial.ts'
import { Http2Connection, type Http2ConnectionOwner } from './http2-connection.ts'
import type { IdleConnections } from './idle-connections.ts'

/**
 * The HTTP/2 connections to one destination. Requests share one until it has as many streams as the destination
 * takes; only then is another one opened.
 */
export class Http2Pool implements Http2ConnectionOwner {
  readonly #dial: PoolDialOptions
  readonly #limits: IdleConnections
  readonly #connections: Http2Connection[] = []
  readonly #idle = new Set<Http2Connection>()
  /** Of those who wait for `#dialing`, whether they still do. */
  readonly #waiting = new Set<() => boolean>()
  #dialing: Promise<Http2Connection> | undefined
  #closed = false

  constructor(dialOptions: PoolDialOptions, limits: IdleConnections) {
    this.#dial = dialOptions
    this.#limits = limits
  }

  /** A connection with room for another stream, or undefined. The caller opens one on it in the same turn. */
  takeAvailable(): Http2Connection | undefined {
    for (const connection of this.#connections) {
      if (!connection.available) continue
      if (this.#idle.delete(connection)) this.#limits.remove(1)
      return connection
    }
    return undefined
  }

  /** A connection with room, dialled if need be; requests that come while one is dialled share it. See `dial`. */
  async connect(wanted: () => boolean): Promise<Http2Connection> {
    this.#waiting.add(wanted)
    try {
      for (;;) {
        this.#dialing ??= this.#open().finally(() => {
          this.#dialing = undefined
        })
        const opened = await this.#dialing
        if (!wanted()) return opened
        const connection = this.takeAvailable()
        if (connection) return connection
      }
    } finally {
      this.#waiting.delete(wanted)
    }
  }

  streamClosed(connection: Http2Connection): void {
    if (connection.streams > 0 || !this.#connections.includes(connection)) return
    if (this.#closed || !this.#limits.admits(this.#idle.size)) {
      connection.close()
      return
    }
    this.#leaveIdle(connection)
  }

  retired(connection: Http2Connection): void {
    const at = this.#connections.indexOf(connection)
    if (at >= 0) this.#connections.splice(at, 1)
    if (this.#idle.delete(connection)) this.#limits.remove(1)
  }

  /** Closes what has been idle since `beforeMs` (monotonic) or longer. @returns since when the oldest that is left has been */
  closeIdle(beforeMs: number): number | undefined {
    for (const connection of this.#idle) {
      if (connection.idleSinceMs > beforeMs) return connection.idleSinceMs
      connection.close()
    }
    return undefined
  }

  /** Closes idle connections now and busy ones as soon as they are done. */
  close(): void {
    this.#closed = true
    for (const connection of [...this.#connections]) connection.close()
  }

  async #open(): Promise<Http2Connection> {
    const socket = await dial({ ...this.#dial, wanted: () => this.#awaited, gone: () => this.#closed })
    const connection = new Http2Connection(socket, this.#dial.tls ? 'https' : 'http', this)
    this.#connections.push(connection)
    // Whoever waits takes it in this turn; otherwise it stays for others.
    if (this.#closed && !this.#awaited) connection.close()
    else this.#leaveIdle(connection)
    return connection
  }

  get #awaited(): boolean {
    for (const wanted of this.#waiting) if (wanted()) return true
    return false
  }

  #leaveIdle(connection: Http2Connection): void {
    connection.idleSinceMs = this.#limits.add(this)
    this.#idle.add(connection)
  }
}
