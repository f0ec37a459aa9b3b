import { autoscalingQueueMetricsPort, directLoadbalancingHeaderName } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import { Stat } from '@knative-ts/stats'
import type { Agent } from 'undici'
import { AutoscalerError, autoscalerErrorCodes } from '../errors.ts'

const timeoutMs = 3000
const contentType = 'application/protobuf'
/** A stat with the longest possible pod name fits. */
const maxBodyLength = 336

export interface FetchOptions {
  /** Sent as Host, for meshes that route pod addresses by Service name. */
  meshHost?: string
  /** False when each request should reach another pod. */
  keepAlive: boolean
}

/** Fetches stats from queue-proxies. */
export interface StatSource {
  /**
   * @param host IP or name
   * @throws AutoscalerError `AUTOSCALER_SCRAPE_MESH` when a mesh seems to be in the way, else
   *   `AUTOSCALER_SCRAPE_FAILED`
   */
  fetch(host: string, options: FetchOptions): Promise<Stat>
}

/**
 * Fetches stats over HTTP. Its client is loaded with the first request: where all pods stream there is none.
 */
export class HttpStatSource implements StatSource {
  readonly #clock: Clock
  readonly #port: number
  #agent: Agent | undefined

  /** @param port where queue-proxies serve their stat */
  constructor(clock: Clock, port: number = autoscalingQueueMetricsPort) {
    this.#clock = clock
    this.#port = port
  }

  async fetch(host: string, options: FetchOptions): Promise<Stat> {
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${this.#port}/metrics`
    const abort = new AbortController()
    const timer = this.#clock.after(timeoutMs, () => abort.abort(failed(`GET ${url} took longer than 3 s`)))
    try {
      return await this.#get(url, options, abort.signal)
    } catch (error) {
      if (error instanceof AutoscalerError) throw error
      throw failed(`GET ${url} failed: ${error instanceof Error ? error.message : String(error)}`)
    } finally {
      timer.cancel()
    }
  }

  /** Closes idle connections. */
  async close(): Promise<void> {
    await this.#agent?.close()
  }

  async #get(url: string, options: FetchOptions, signal: AbortSignal): Promise<Stat> {
    const { Agent, request } = await import('undici')
    this.#agent ??= new Agent({ pipelining: 1 })
    const { statusCode, headers, body } = await request(url, {
      dispatcher: this.#agent,
      reset: !options.keepAlive,
      signal,
      headers: {
        accept: contentType,
        ...(options.meshHost === undefined
          ? {}
          : { host: options.meshHost, [directLoadbalancingHeaderName]: 'true' }),
      },
    })
    if (statusCode < 200 || statusCode > 299) {
      await body.dump()
      const text = `GET request for URL ${JSON.stringify(url)} returned HTTP status ${statusCode}`
      throw statusCode === 502 || statusCode === 503
        ? new AutoscalerError(autoscalerErrorCodes.scrapeMesh, text)
        : failed(text)
    }
    if (headers['content-type'] !== contentType) {
      await body.dump()
      throw failed('unsupported metric type')
    }
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of body) {
      chunks.push(chunk as Buffer)
      length += (chunk as Buffer).length
      if (length >= maxBodyLength) break
    }
    return Stat.decode(Buffer.concat(chunks).subarray(0, maxBodyLength))
  }
}

function failed(message: string): AutoscalerError {
  return new AutoscalerError(autoscalerErrorCodes.scrapeFailed, message)
}
