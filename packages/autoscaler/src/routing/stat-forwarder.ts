import type { Clock } from '@knative-ts/clock'
import { type Stat, WireStatMessages } from '@knative-ts/stats'
import type { WebSocket } from 'ws'
import { AutoscalerError, autoscalerErrorCodes } from '../errors.ts'
import { statsWebSocketPort } from './stat-listener.ts'

const handshakeTimeoutMs = 500
const pingEveryMs = 10_000 / 3
const pongWithinMs = 10_000

export interface StatForwarderOptions {
  clock: Clock
  /** Host name of a Service in the system namespace. */
  hostOf: (service: string) => string
  port?: number
}

/** Sends stats over WebSockets to the autoscalers that lead their revisions. */
export class StatForwarder {
  readonly #options: StatForwarderOptions
  readonly #connections = new Map<string, Promise<WebSocket>>()

  constructor(options: StatForwarderOptions) {
    this.#options = options
  }

  /** Sends one stat; connects first if need be. @throws AutoscalerError `AUTOSCALER_FORWARD_FAILED` */
  async forward(
    { bucket, ip }: { bucket: string; ip: string },
    namespace: string,
    revision: string,
    stat: Stat,
  ): Promise<void> {
    const message = WireStatMessages.encode({ messages: [{ namespace, name: revision, stat }] }).finish()
    const socket = await this.#connection(bucket, ip)
    await new Promise<void>((resolve, reject) => {
      socket.send(message, { binary: true }, (error) =>
        error ? reject(forwardFailed(bucket, error)) : resolve(),
      )
    })
  }

  /** Ends every connection. */
  close(): void {
    for (const connection of this.#connections.values()) {
      connection.then(
        (socket) => socket.close(),
        () => {},
      )
    }
    this.#connections.clear()
  }

  #connection(bucket: string, ip: string): Promise<WebSocket> {
    const id = `${bucket} ${ip}`
    const existing = this.#connections.get(id)
    if (existing) return existing
    const { hostOf, port = statsWebSocketPort } = this.#options
    const host = ip.includes(':') ? `[${ip}]` : ip
    const forget = () => this.#connections.delete(id)
    const connecting = this.#open(`ws://${host}:${port}`, forget).catch(() =>
      this.#open(`ws://${hostOf(bucket)}:${port}`, forget),
    )
    this.#connections.set(id, connecting)
    return connecting.catch((error: unknown) => {
      forget()
      throw forwardFailed(bucket, error)
    })
  }

  async #open(url: string, onClose: () => void): Promise<WebSocket> {
    const { WebSocket } = await import('ws')
    const socket = new WebSocket(url, {
      handshakeTimeout: handshakeTimeoutMs,
      perMessageDeflate: false,
    })
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    socket.on('error', () => socket.terminate())
    this.#keepAlive(socket)
    socket.on('close', onClose)
    return socket
  }

  #keepAlive(socket: WebSocket): void {
    const { clock } = this.#options
    let lastPongMs = clock.monotonic()
    socket.on('pong', () => {
      lastPongMs = clock.monotonic()
    })
    const pinging = clock.every(pingEveryMs, () => {
      if (clock.monotonic() - lastPongMs > pongWithinMs) socket.terminate()
      else socket.ping()
    })
    socket.on('close', () => pinging.cancel())
  }
}

function forwardFailed(bucket: string, cause: unknown): AutoscalerError {
  const text = cause instanceof Error ? cause.message : String(cause)
  return new AutoscalerError(
    autoscalerErrorCodes.forwardFailed,
    `cannot forward stats to the holder of ${bucket}: ${text}`,
    { cause },
  )
}
