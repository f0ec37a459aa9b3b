import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { breakOffServer } from './server-closing.ts'

/** Outcome of a health check: `undefined` when healthy, else the text that says why not. */
export type HealthCheck = () => string | undefined

export interface HealthServerOptions {
  host: string
  port: number
  /** Answers by path, e.g. `/health` and `/readiness`; any other path is 404. */
  checks: Record<string, HealthCheck>
}

/** A small HTTP listener for kubelet probes: 200 with an empty body, or 500 with the reason. */
export class HealthServer {
  readonly #options: HealthServerOptions
  readonly #server: Server

  constructor(options: HealthServerOptions) {
    this.#options = options
    this.#server = process.getBuiltinModule('node:http').createServer((request, response) => {
      const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
      const check = this.#options.checks[path]
      if (!check) {
        response.writeHead(404).end()
        return
      }
      const unhealthy = check()
      response.writeHead(unhealthy === undefined ? 200 : 500).end(unhealthy ?? '')
    })
  }

  /** Starts listening; resolves with the bound port, rejects if the address is taken. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.#options.port, this.#options.host, () => {
        this.#server.off('error', reject)
        resolve((this.#server.address() as AddressInfo).port)
      })
    })
  }

  close(): Promise<void> {
    return breakOffServer(this.#server)
  }
}
