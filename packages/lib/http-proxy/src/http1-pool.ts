import type { AnswerPolling } from './answer-polling.ts'
import { dial, type PoolDialOptions } from './dial.ts'
import { Http1Connection, type Http1ConnectionOwner } from './http1-connection.ts'
import type { IdleConnections } from './idle-connections.ts'

/** The HTTP/1.1 connections to one destination. The one used last is used first, so that surplus ones grow old. */
export class Http1Pool implements Http1ConnectionOwner {
  readonly polling: AnswerPolling
  readonly #dial: PoolDialOptions
  readonly #limits: IdleConnections
  readonly #idle: Http1Connection[] = []
  #closed = false

  constructor(dialOptions: PoolDialOptions, limits: IdleConnections, polling: AnswerPolling) {
    this.polling = polling
    this.#dial = dialOptions
    this.#limits = limits
  }

  /** An open connection that nobody uses, or undefined. */
  takeIdle(): Http1Connection | undefined {
    for (let connection = this.#idle.pop(); connection; connection = this.#idle.pop()) {
      this.#limits.remove(1)
      if (connection.usable) return connection
      connection.destroy()
    }
    return undefined
  }

  /** Opens a connection; see `dial`. */
  async connect(wanted: () => boolean): Promise<Http1Connection> {
    const connection = new Http1Connection(this)
    const onRead = () => connection.onRead
    connection.use(await dial({ ...this.#dial, wanted, gone: () => this.#closed, onRead }))
    return connection
  }

  idle(connection: Http1Connection): void {
    if (this.#closed || !this.#limits.admits(this.#idle.length)) {
      connection.destroy()
      return
    }
    connection.idleSinceMs = this.#limits.add(this)
    this.#idle.push(connection)
  }

  closed(connection: Http1Connection): void {
    const at = this.#idle.indexOf(connection)
    if (at < 0) return
    this.#idle.splice(at, 1)
    this.#limits.remove(1)
  }

  /** Closes what has been idle since `beforeMs` (monotonic) or longer. @returns since when the oldest that is left has been */
  closeIdle(beforeMs: number): number | undefined {
    let old = 0
    while (old < this.#idle.length && this.#idle[old]!.idleSinceMs <= beforeMs) old++
    const closing = this.#idle.splice(0, old)
    this.#limits.remove(closing.length)
    for (const connection of closing) connection.destroy()
    return this.#idle[0]?.idleSinceMs
  }

  /** Closes idle connections now and busy ones as soon as they are done. */
  close(): void {
    this.#closed = true
    this.closeIdle(Number.POSITIVE_INFINITY)
  }
}
