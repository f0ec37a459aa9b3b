import { Agent, request } from 'node:https'
import { asRecord, isRecord, type JsonRecord } from '../meta/kube-object.ts'
import type { WebhookTarget } from './webhook.ts'

/** Finds where a Service can be reached from this process; undefined if it has no ready endpoint. */
export type ResolveService = (
  namespace: string,
  name: string,
  port: number,
) => Promise<{ host: string; port: number } | undefined>

const maxResponseBytes = 3 * 1024 * 1024

/** Sends AdmissionReviews over HTTPS, keeping connections per webhook and certificate. */
export class WebhookClient {
  readonly #resolveService: ResolveService | undefined
  readonly #agents = new Map<string, Agent>()

  constructor(resolveService: ResolveService | undefined) {
    this.#resolveService = resolveService
  }

  /** Posts a review and returns its `response`. Rejects when there is none within `timeoutMs`. */
  async review(target: WebhookTarget, review: object, timeoutMs: number): Promise<JsonRecord> {
    const url = new URL(target.url)
    url.searchParams.set('timeout', `${timeoutMs / 1000}s`)
    // URL objects leave the default port out; messages of the API server name it.
    const named = target.service ? `${target.url}?timeout=${timeoutMs / 1000}s` : url.href
    const place = `Post ${JSON.stringify(named)}`
    const address = await this.#address(target, url)
    if (!address) {
      const { name, namespace } = target.service!
      throw new Error(
        `${place}: no endpoints available for service ${JSON.stringify(name)} in namespace ${namespace}`,
      )
    }
    const body = JSON.stringify(review)
    const { status, text } = await this.#post(target, url, address, body, timeoutMs).catch(
      (error: unknown) => {
        throw new Error(`${place}: ${error instanceof Error ? error.message : String(error)}`)
      },
    )
    if (status !== 200)
      throw new Error(`the server responded with status ${status}: ${text.slice(0, 200).trim()}`)
    const answer: unknown = JSON.parse(text)
    const response = asRecord(answer)['response']
    if (!isRecord(response)) throw new Error('the webhook answered without a response')
    return response
  }

  /** Closes idle connections. */
  close(): void {
    for (const agent of this.#agents.values()) agent.destroy()
    this.#agents.clear()
  }

  async #address(target: WebhookTarget, url: URL) {
    if (!target.service) return { host: url.hostname, port: Number(url.port || 443) }
    const { namespace, name, port } = target.service
    if (!this.#resolveService) return { host: url.hostname, port }
    return this.#resolveService(namespace, name, port)
  }

  #post(
    target: WebhookTarget,
    url: URL,
    address: { host: string; port: number },
    body: string,
    timeoutMs: number,
  ): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: address.host,
          port: address.port,
          path: url.pathname + url.search,
          method: 'POST',
          servername: url.hostname,
          agent: this.#agent(target),
          signal: AbortSignal.timeout(timeoutMs),
          headers: {
            host: url.host,
            'content-type': 'application/json',
            accept: 'application/json',
            'content-length': Buffer.byteLength(body),
          },
        },
        (incoming) => {
          const chunks: Buffer[] = []
          let size = 0
          incoming.on('data', (chunk: Buffer) => {
            size += chunk.length
            if (size > maxResponseBytes)
              incoming.destroy(new Error(`the answer is longer than ${maxResponseBytes} bytes`))
            chunks.push(chunk)
          })
          incoming.on('error', reject)
          incoming.on('end', () =>
            resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
          )
        },
      )
      outgoing.on('error', (error) => {
        reject(
          error.name === 'TimeoutError' || error.name === 'AbortError'
            ? new Error('context deadline exceeded')
            : error,
        )
      })
      outgoing.end(body)
    })
  }

  #agent({ url, caBundle }: WebhookTarget): Agent {
    const key = `${new URL(url).host} ${caBundle ?? ''}`
    let agent = this.#agents.get(key)
    if (!agent) {
      agent = new Agent({ keepAlive: true, maxSockets: 50, ...(caBundle ? { ca: caBundle } : {}) })
      this.#agents.set(key, agent)
    }
    return agent
  }
}
