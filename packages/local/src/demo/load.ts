import { systemClock } from '@knative-ts/clock'
import { Pool } from 'undici'

/** Sends requests to a Service through the gateway. */
export class GatewayClient {
  readonly #pool: Pool

  /** @param origin of the gateway, e.g. `http://127.0.0.2:8080` */
  constructor(origin: string, connections: number) {
    this.#pool = new Pool(origin, { connections, pipelining: 1, headersTimeout: 60_000, bodyTimeout: 60_000 })
  }

  /** Status and body of one GET. */
  async get(url: URL): Promise<{ status: number; body: string }> {
    const { statusCode, body } = await this.#pool.request({
      path: `${url.pathname}${url.search}`,
      method: 'GET',
      headers: { host: url.host },
    })
    return { status: statusCode, body: await body.text() }
  }

  async close(): Promise<void> {
    await this.#pool.destroy()
  }
}

export interface LoadResult {
  requests: number
  /** What went wrong, by text. */
  failures: Map<string, number>
  latenciesMs: number[]
  bodies: Map<string, number>
}

/** Keeps `concurrency` requests in flight until `done` says so; each worker sends one after the other. */
export async function runLoad(
  client: GatewayClient,
  url: URL,
  concurrency: number,
  done: (sent: number) => boolean,
): Promise<LoadResult> {
  const result: LoadResult = { requests: 0, failures: new Map(), latenciesMs: [], bodies: new Map() }
  const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1)
  let sent = 0
  const worker = async () => {
    while (!done(sent)) {
      sent++
      const startedMs = systemClock.monotonic()
      try {
        const { status, body } = await client.get(url)
        if (status === 200) count(result.bodies, body.trim())
        else count(result.failures, `${status} ${body.trim()}`)
      } catch (error) {
        count(result.failures, (error as Error).message)
      }
      result.latenciesMs.push(systemClock.monotonic() - startedMs)
      result.requests++
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return result
}

/** The `q` quantile of the values, 0 to 1, by nearest rank; 0 of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? 0
}
