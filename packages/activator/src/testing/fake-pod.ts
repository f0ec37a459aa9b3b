import type { TlsOptions } from 'node:tls'
import { backendHTTPSPort } from '@knative-ts/apis'
import { answerText, type Exchange, headerValue, ProxyServer } from '@knative-ts/http-proxy'

/**
 * A queue-proxy as the activator sees one: answers probes as `ready` says and user requests with its name,
 * or, while `holding`, not until `release`. A connection that is upgraded it echoes.
 */
export class FakePod {
  readonly name: string
  readonly ip: string
  ready: boolean
  holding = false
  /** Answers user requests in its place. */
  serve: ((exchange: Exchange) => void) | undefined
  /** Leaves probes without an answer. */
  silent = false
  probes = 0
  readonly requests: Exchange[] = []
  readonly #server: ProxyServer
  #tlsServer: ProxyServer | undefined
  readonly #held: Exchange[] = []
  readonly #arrivals: (() => void)[] = []

  constructor(name: string, ip: string, ready = true) {
    this.name = name
    this.ip = ip
    this.ready = ready
    this.#server = new ProxyServer({ handler: (exchange) => this.#serve(exchange) })
  }

  get port(): number {
    return this.#server.port
  }

  listen(): Promise<void> {
    return this.#server.listen(0, this.ip)
  }

  /** Serves requests, but not probes, over TLS too, on the port where the activator looks for it. */
  async listenTLS(tls: TlsOptions): Promise<void> {
    this.#tlsServer = new ProxyServer({ handler: (exchange) => this.#serve(exchange), tls })
    await this.#tlsServer.listen(backendHTTPSPort, this.ip)
  }

  /** Resolves when `count` user requests have come in all. */
  async received(count: number): Promise<void> {
    while (this.requests.length < count) await new Promise<void>((resolve) => this.#arrivals.push(resolve))
  }

  /** Answers the request held longest. */
  release(): void {
    const exchange = this.#held.shift()
    if (exchange) answerText(exchange, 200, this.name)
  }

  close(): void {
    for (const server of [this.#server, this.#tlsServer]) {
      server?.destroy()
      void server?.close()
    }
  }

  #serve(exchange: Exchange): void {
    if (headerValue(exchange.headers, 'user-agent') === 'Knative-Activator-Probe') {
      this.probes++
      if (this.silent) return
      const isProbe =
        exchange.target === '/healthz' && headerValue(exchange.headers, 'k-network-probe') === 'queue'
      if (isProbe && this.ready) exchange.answer(200, [], 'queue')
      else exchange.answer(503, [])
      return
    }
    this.requests.push(exchange)
    if (this.serve) this.serve(exchange)
    else if (exchange.upgrade !== undefined) {
      const connection = exchange.switchProtocols(['Connection', 'Upgrade', 'Upgrade', exchange.upgrade])
      connection.pipe(connection)
    } else if (this.holding) this.#held.push(exchange)
    else answerText(exchange, 200, this.name)
    for (const arrived of this.#arrivals.splice(0)) arrived()
  }
}
