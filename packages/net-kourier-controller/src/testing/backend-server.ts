import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  createServer as createHTTP2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import type { AddressInfo, Server, Socket } from 'node:net'

/** What a backend saw of a request. */
export interface SeenRequest {
  readonly backend: string
  readonly httpVersion: string
  readonly path: string
  readonly headers: Record<string, string>
  /** Of a POST. */
  readonly trailers?: Record<string, unknown>
}

/**
 * A pod that tells what it received, answers network probes as queue-proxies do, echoes on WebSockets, and ends the
 * answer to a POST with the trailer `x-answer: done`.
 */
export class BackendServer {
  readonly #name: string
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(name: string, protocol: 'http1' | 'h2c' = 'http1') {
    this.#name = name
    if (protocol === 'h2c') {
      this.#server = createHTTP2Server((request, response) => this.#answer(request, response))
    } else {
      const server = createServer((request, response) => this.#answer(request, response))
      server.on('upgrade', (_request, socket: Socket) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
        socket.on('data', (bytes) => socket.write(bytes))
        socket.on('error', () => socket.destroy())
      })
      this.#server = server
    }
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  /** Port at 127.0.0.1. */
  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #answer(
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ): void {
    const { headers } = request
    const answer = response as ServerResponse
    if (headers['k-network-probe'] !== undefined) {
      answer.setHeader('k-network-hash', String(headers['k-network-hash'] ?? ''))
      answer.end()
      return
    }
    const seen: SeenRequest = {
      backend: this.#name,
      httpVersion: request.httpVersion,
      path: request.url ?? '',
      headers: Object.fromEntries(
        Object.entries(headers)
          .filter(([name]) => !name.startsWith(':'))
          .map(([name, value]) => [name, String(value)]),
      ),
    }
    answer.setHeader('content-type', 'application/json')
    if (request.method !== 'POST') {
      answer.end(JSON.stringify(seen))
      return
    }
    request.resume().on('end', () => {
      answer.write(JSON.stringify({ ...seen, trailers: { ...request.trailers } }))
      answer.addTrailers({ 'x-answer': 'done' })
      answer.end()
    })
  }
}
