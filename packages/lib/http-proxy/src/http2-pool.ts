import { type DialOptions, dial } from './dial.ts'
import { Http2Connection, type Http2ConnectionOwner } from './http2-connection.ts'
import type { IdleConnections } from './idle-connections.ts'

/**
 * The HTTP/2 connections to one destination. Requests share one until it has as many streams as the destination
 * takes; only then is another one opened.
 */
export class Http2Pool implements Http2ConnectionOwner {
  readonly #dial: Omit<DialOptions, 'wanted'>
  readonly #limits: IdleConnections
  readonly #connections: Http2Connection[] = []
  readonly #idle = new Set<Http2Connection>()
  #dialing: Promise<Http2Connection> | undefined
  #closed = false

  constructor(dialOptions: Omit<DialOptions, 'wanted'>, limits: IdleConnections) {
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
    for (;;) {
      this.#dialing ??= this.#open().finally(() => {
        this.#dialing = undefined
      })
      const opened = await this.#dialing
      if (!wanted()) return opened
      const connection = this.takeAvailable()
      if (connection) return connection
    }
  }

  streamClosed(connection: Http2Connection): void {
    if (connection.streams > 0 || !this.#connections.includes(connection)) return
    if (this.#closed || !this.#limits.admits(this.#idle.size)) {
      connection.close()
      return
    }
    connection.idleSinceMs = this.#limits.add(this)
    this.#idle.add(connection)
  }

  retired(connection: Http2Connection): void {
    const at = this.#connections.indexOf(connection)
    if (at >= 0) this.#connections.splice(at, 1)
    if (this.#idle.delete(connection)) this.#limits.remove(1)
  }

  /** Closes what has been idle since `beforeMs` (monotonic) or longer. @returns whether any idle connection is left */
  closeIdle(beforeMs: number): boolean {
    for (const connection of this.#idle) if (connection.idleSinceMs <= beforeMs) connection.close()
    return this.#idle.size > 0
  }

  /** Closes idle connections now and busy ones as soon as they are done. */
  close(): void {
    this.#closed = true
    for (const connection of [...this.#connections]) connection.close()
  }

  async #open(): Promise<Http2Connection> {
    const socket = await dial({ ...this.#dial, wanted: () => !this.#closed })
    const connection = new Http2Connection(socket, this.#dial.tls ? 'https' : 'http', this)
    this.#connections.push(connection)
    return connection
  }
}
