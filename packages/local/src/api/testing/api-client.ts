import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { Agent, request } from 'undici'
import { asArray, asRecord, type JsonRecord, type KubeObject } from '../meta/kube-object.ts'

/** How to reach an API server, as a kubeconfig says. */
export interface ApiEndpoint {
  readonly url: string
  readonly caPem: string
  readonly token?: string
  readonly certPem?: string
  readonly keyPem?: string
}

/** An answer: status, decoded body, and the texts of Warning headers. */
export interface Answer<T = JsonRecord> {
  readonly status: number
  readonly body: T
  readonly warnings: readonly string[]
}

export interface WatchEvent {
  readonly type: string
  readonly object: KubeObject
}

/** A watch that is read event by event. */
export interface OpenWatch {
  next(): Promise<WatchEvent | undefined>
  close(): void
}

interface RequestOptions {
  readonly body?: unknown
  readonly contentType?: string
  readonly accept?: string
}

export const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const

/** The plainest of clients, to see on the wire what a server does. */
export class ApiClient {
  readonly #endpoint: ApiEndpoint
  readonly #agent: Agent

  constructor(endpoint: ApiEndpoint) {
    this.#endpoint = endpoint
    const { caPem: ca, certPem: cert, keyPem: key } = endpoint
    this.#agent = new Agent({ connect: { ca, ...(cert && key ? { cert, key } : {}) } })
  }

  get = (path: string, accept?: string): Promise<Answer> => this.call('GET', path, accept ? { accept } : {})
  post = (path: string, body: unknown): Promise<Answer> => this.call('POST', path, { body })
  put = (path: string, body: unknown): Promise<Answer> => this.call('PUT', path, { body })
  delete = (path: string, body?: unknown): Promise<Answer> => this.call('DELETE', path, { body })
  patch = (path: string, type: keyof typeof patchTypes, body: unknown): Promise<Answer> =>
    this.call('PATCH', path, { body, contentType: patchTypes[type] })

  /** Sends a request and reads the whole answer; text that is not JSON comes as `{ text }`. */
  async call(
    method: 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT',
    path: string,
    options: RequestOptions = {},
  ): Promise<Answer> {
    const { body, contentType = 'application/json', accept = 'application/json' } = options
    const answer = await request(this.#endpoint.url + path, {
      method,
      dispatcher: this.#agent,
      headers: {
        ...this.#authorization(),
        accept,
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    })
    const text = await answer.body.text()
    const warnings = [answer.headers['warning'] ?? []]
      .flat()
      .map((value) => /"(.*)"/.exec(value)?.[1] ?? value)
    let parsed: JsonRecord = { text }
    try {
      parsed = asRecord(JSON.parse(text))
    } catch {
      // Not JSON: logs and health checks.
    }
    return { status: answer.statusCode, body: parsed, warnings }
  }

  /** Opens a watch; `path` has its query but for `watch=true`. */
  async watch(path: string, accept = 'application/json'): Promise<OpenWatch> {
    const abort = new AbortController()
    const separator = path.includes('?') ? '&' : '?'
    const answer = await request(`${this.#endpoint.url}${path}${separator}watch=true`, {
      dispatcher: this.#agent,
      headers: { ...this.#authorization(), accept },
      signal: abort.signal,
    })
    const body = Readable.from(answer.body)
    body.on('error', () => undefined)
    const lines = createInterface({ input: body })[Symbol.asyncIterator]()
    return {
      next: async () => {
        const { done, value } = await lines.next()
        return done ? undefined : (JSON.parse(value) as WatchEvent)
      },
      close: () => abort.abort(),
    }
  }

  /** Reads until `accept` holds for what is at `path`, as told by a watch of its collection. */
  async until(
    collection: string,
    name: string,
    accept: (object: KubeObject | undefined) => boolean,
  ): Promise<void> {
    const list = await this.get(collection)
    const found = asArray(list.body['items']).find(
      (item) => asRecord(asRecord(item)['metadata'])['name'] === name,
    )
    if (accept(found as KubeObject | undefined)) return
    const version = String(asRecord(list.body['metadata'])['resourceVersion'])
    const watch = await this.watch(
      `${collection}?resourceVersion=${version}&fieldSelector=metadata.name%3D${name}`,
    )
    try {
      for (let event = await watch.next(); event; event = await watch.next()) {
        if (accept(event.type === 'DELETED' ? undefined : event.object)) return
      }
      throw new Error(`the watch of ${collection} ended before ${name} was as expected`)
    } finally {
      watch.close()
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }

  #authorization(): Record<string, string> {
    return this.#endpoint.token ? { authorization: `Bearer ${this.#endpoint.token}` } : {}
  }
}
