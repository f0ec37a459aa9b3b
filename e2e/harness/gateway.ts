import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { Pool } from 'undici'

export interface Answer {
  status: number
  body: string
  headers: IncomingHttpHeaders
  trailers: Record<string, string>
}

export interface GatewayRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  headers?: Record<string, string>
  body?: string | Buffer | Readable
}

const patienceMs = 120_000

/** Requests through the gateway, addressed by the host of a Service's URL. */
export class Gateway {
  readonly origin: string
  readonly #pool: Pool

  /** @param origin address of the gateway's HTTP listener */
  constructor(origin: string, connections = 256) {
    this.origin = origin
    this.#pool = new Pool(origin, {
      connections,
      pipelining: 1,
      headersTimeout: patienceMs,
      bodyTimeout: patienceMs,
    })
  }

  get(url: string | URL, headers: Record<string, string> = {}): Promise<Answer> {
    return this.request(url, { headers })
  }

  async request(url: string | URL, { method = 'GET', headers = {}, body }: GatewayRequest): Promise<Answer> {
    const { pathname, search, hostname } = new URL(url)
    const answer = await this.#pool.request({
      path: pathname + search,
      method,
      headers: { host: hostname, ...headers },
      ...(body === undefined ? {} : { body }),
    })
    const text = await answer.body.text()
    return {
      status: answer.statusCode,
      body: text,
      headers: answer.headers,
      trailers: answer.trailers as Record<string, string>,
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy()
  }
}
