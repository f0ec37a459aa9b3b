import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TLSSocket, TlsOptions } from 'node:tls'
import type { Registry } from 'prom-client'
import { breakOffServer, drainServer } from './server-closing.ts'

/** Latency buckets of every duration histogram, seconds. */
export const latencyBucketsSeconds = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]

/** Serves a registry as `GET /metrics`; used when the observability ConfigMap asks for prometheus. */
export class MetricsServer {
  readonly #server: Server

  /** @param tls certificate, key and who may scrape; undefined for cleartext */
  constructor(registry: Pick<Registry, 'metrics'> & { readonly contentType: string }, tls?: TlsOptions) {
    const serve: RequestListener = (request, response) => {
      // Scrapes come too seldom for a connection to be kept, for which a drain would wait.
      response.shouldKeepAlive = false
      if (request.method !== 'GET' || (request.url ?? '').split('?', 1)[0] !== '/metrics') {
        response.writeHead(404).end()
        return
      }
      registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
        () => response.writeHead(500).end(),
      )
    }
    this.#server = tls ? secureServer(tls, serve) : process.getBuiltinModule('node:http').createServer(serve)
  }

  /**
   * Starts listening; resolves with the bound port, rejects if the address is taken.
   * @param host every address of the machine if undefined
   */
  listen(host: string | undefined, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, host, () => resolve((this.#server.address() as AddressInfo).port))
    })
  }

  /** Stops accepting; resolves when the requests under way are answered. */
  drain(): Promise<void> {
    return drainServer(this.#server)
  }

  /** Breaks off what is under way. */
  close(): Promise<void> {
    return breakOffServer(this.#server)
  }
}

/** TLS is loaded when first needed, which is seldom; so is `node:http`, as a sidecar without metrics does without it. A certificate that a client shows has to be good, even if it need not show one. */
function secureServer(tls: TlsOptions, serve: RequestListener): Server {
  const server = process.getBuiltinModule('node:https').createServer(tls, serve)
  if (!tls.requestCert) return server
  return server.on('secureConnection', (socket: TLSSocket) => {
    if (!socket.authorized && socket.getPeerX509Certificate()) socket.destroy()
  })
}
