import { Pool } from 'undici'

export interface Answer {
  status: number
  body: string
  headers: Record<string, string | string[] | undefined>
}

/** Requests through the gateway, addressed by the host of a Service's URL. */
export class Gateway {
  readonly origin: string
  readonly #pool: Pool

  /** @param origin address of the gateway's HTTP listener */
  constructor(origin: string, connections = 50) {
    this.origin = origin
    this.#pool = new Pool(origin, { connections, pipelining: 1, headersTimeout: 60_000, bodyTimeout: 60_000 })
  }

  async get(url: string | URL, headers: Record<string, string> = {}): Promise<Answer> {
    const { pathname, search, hostname } = new URL(url)
    const {
      statusCode,
      body,
      headers: answered,
    } = await this.#pool.request({
      path: pathname + search,
      method: 'GET',
      headers: { host: hostname, ...headers },
    })
    return { status: statusCode, body: await body.text(), headers: answered }
  }

  async close(): Promise<void> {
    await this.#pool.destroy()
  }
}

export interface LoadResult {
  requests: number
  /** What went wrong, with how often. */
  failures: Record<string, number>
}

/** Keeps `workers` requests in flight while `whilst` is pending. */
export async function underLoad(
  gateway: Gateway,
  url: string,
  workers: number,
  whilst: () => Promise<void>,
): Promise<LoadResult> {
  const result: LoadResult = { requests: 0, failures: {} }
  let over = false
  const work = async () => {
    while (!over) {
      result.requests++
      const failure = await gateway.get(url).then(
        ({ status, body }) => (status === 200 ? undefined : `${status} ${body.trim()}`),
        (error: Error) => error.message,
      )
      if (failure !== undefined) result.failures[failure] = (result.failures[failure] ?? 0) + 1
    }
  }
  const running = Array.from({ length: workers }, work)
  try {
    await whilst()
  } finally {
    over = true
  }
  await Promise.all(running)
  return result
}
