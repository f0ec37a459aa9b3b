import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { kubeletProbeHeaderName, kubeProbeUserAgentPrefix } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { Logger } from '@knative-ts/observability'
import { type Stat, WireStatMessages } from '@knative-ts/stats'
import type { WebSocket, WebSocketServer } from 'ws'

/** Port of kubelet probes and of stats pushed over WebSockets. */
export const statsWebSocketPort = 8080

const bucketHostPrefix = 'autoscaler-bucket'
const keepAliveMs = 180_000
const headersTimeoutMs = 60_000
const closeServiceRestart = 1012
/** How long clients get to answer a close before their connections are cut. */
const closeWithinMs = 1000

export interface StatListenerOptions {
  clock: Clock
  logger: Logger
  onStat: (namespace: string, revision: string, stat: Stat) => void
  /** Whether stats addressed to this bucket's own host belong here. */
  isHeldHere: (bucket: string) => boolean
}

/** Answers kubelet's probes, and takes stats from upstream's activators and autoscalers over WebSockets. */
export class StatListener {
  readonly #options: StatListenerOptions
  readonly #server: Server
  #webSockets: WebSocketServer | undefined

  constructor(options: StatListenerOptions) {
    this.#options = options
    this.#server = createServer({ headersTimeout: headersTimeoutMs }, (request, response) => {
      response.writeHead(isProbe(request) || this.#isElsewhere(request) ? 200 : handshakeError(request)).end()
    })
    this.#server.on('connection', (socket: Socket) => socket.setKeepAlive(true, keepAliveMs))
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy())
      this.#upgrade(request, socket, head).catch((error: unknown) => {
        options.logger.error('Error upgrading websocket.', { error })
        socket.destroy()
      })
    })
  }

  /** Listens; resolves to the port, rejects if it can't be had. */
  listen(host: string, port: number = statsWebSocketPort): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject)
        resolve((this.#server.address() as AddressInfo).port)
      })
    })
  }

  /** Tells every client that this process restarts, and stops. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const client of this.#webSockets?.clients ?? []) client.close(closeServiceRestart, 'Restarting')
    const cut = this.#options.clock.after(closeWithinMs, () => {
      for (const client of this.#webSockets?.clients ?? []) client.terminate()
      this.#server.closeAllConnections()
    })
    this.#server.closeIdleConnections()
    await closed
    cut.cancel()
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    if (isProbe(request) || this.#isElsewhere(request)) {
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
      return
    }
    const status = handshakeError(request)
    if (status !== 101) {
      socket.end(`HTTP/1.1 ${status} \r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
      return
    }
    const { WebSocketServer } = await import('ws')
    this.#webSockets ??= new WebSocketServer({ noServer: true, perMessageDeflate: false })
    this.#webSockets.handleUpgrade(request, socket, head, (client) => this.#serve(client))
  }

  #serve(client: WebSocket): void {
    const { logger, onStat } = this.#options
    client.on('error', (error) => logger.debug('stats connection failed', { error }))
    client.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) {
        logger.error('Dropping non-binary message.')
        return
      }
      try {
        for (const { namespace, name, stat } of WireStatMessages.decode(data).messages) {
          if (stat) onStat(namespace, name, stat)
        }
      } catch (error) {
        logger.error('Failed to unmarshal the object', { error })
      }
    })
  }

  /** A request to a bucket's own host name that came here although another pod holds the bucket. */
  #isElsewhere({ headers }: IncomingMessage): boolean {
    const host = headers.host ?? ''
    if (!host.startsWith(bucketHostPrefix)) return false
    return !this.#options.isHeldHere(host.split(/[.:]/, 1)[0] ?? '')
  }
}

function isProbe({ headers }: IncomingMessage): boolean {
  return (
    (headers['user-agent'] ?? '').startsWith(kubeProbeUserAgentPrefix) ||
    (headers[kubeletProbeHeaderName] ?? '') !== ''
  )
}

/** The status that a request gets that is no proper WebSocket handshake; 101 for one that is. */
function handshakeError({ headers }: IncomingMessage): number {
  const tokens = (header: string | undefined) => (header ?? '').toLowerCase().split(/\s*,\s*/)
  if (!tokens(headers.connection).includes('upgrade')) return 400
  if (!tokens(headers.upgrade).includes('websocket')) return 426
  if (headers['sec-websocket-version'] !== '13') return 400
  const { origin, host } = headers
  if (origin === undefined || origin === '') return 101
  const originHost = URL.parse(origin)?.host
  return originHost?.toLowerCase() === host?.toLowerCase() ? 101 : 403
}
