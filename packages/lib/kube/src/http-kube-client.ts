import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { apiVersionOf, type KubeObject, type ResourceType } from '@knative-ts/apis'
import { ApiError, type ApiErrorCode, apiErrorFrom } from './api-error.ts'
import type {
  DeleteOptions,
  KubeClient,
  KubeList,
  ListOptions,
  Patch,
  PatchOptions,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './kube-client.ts'
import type { KubeConnection } from './kube-config.ts'

const patchContentTypes: Record<Patch['type'], string> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

/** How long a request may take before it counts as lost; watches are exempt. */
const requestTimeoutMs = 32_000
/** The server ends a watch after about this long; the informer then resumes it. */
const watchSeconds = 300

interface Answer {
  status: number
  body: IncomingMessage
}

/**
 * `KubeClient` over HTTPS. One instance serves a whole process; `close()` ends its connections. It uses
 * Node's own client, since what it would gain from another does not outweigh the memory in every process.
 */
export class HttpKubeClient implements KubeClient {
  readonly #connection: KubeConnection
  readonly #base: URL
  readonly #secure: boolean
  readonly #agent: HttpAgent | HttpsAgent
  readonly #userAgent: string

  /** @param userAgent e.g. `controller/0.1.0` */
  constructor(connection: KubeConnection, userAgent: string) {
    this.#connection = connection
    this.#userAgent = userAgent
    this.#base = new URL(connection.server)
    this.#secure = this.#base.protocol === 'https:'
    this.#agent = this.#secure
      ? new HttpsAgent({
          keepAlive: true,
          maxFreeSockets: 16,
          ca: connection.ca,
          cert: connection.cert,
          key: connection.key,
          rejectUnauthorized: !connection.skipTLSVerify,
          ...(connection.serverName ? { servername: connection.serverName } : {}),
        })
      : new HttpAgent({ keepAlive: true, maxFreeSockets: 16 })
  }

  async close(): Promise<void> {
    this.#agent.destroy()
  }

  get<T extends KubeObject>(type: ResourceType<T>, namespace: string, name: string): Promise<T> {
    return this.#json('GET', pathOf(type, namespace, name))
  }

  async list<T extends KubeObject>(type: ResourceType<T>, options: ListOptions = {}): Promise<KubeList<T>> {
    const { namespace = '', ...query } = options
    const list = await this.#json<{
      metadata: { resourceVersion: string; continue?: string }
      items: T[] | null
    }>('GET', pathOf(type, namespace) + queryString(query))
    const apiVersion = apiVersionOf(type)
    const items = list.items ?? []
    for (const item of items) {
      item.apiVersion ??= apiVersion
      item.kind ??= type.kind
    }
    return {
      items,
      resourceVersion: list.metadata.resourceVersion,
      continue: list.metadata.continue || undefined,
    }
  }

  create<T extends KubeObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Promise<T> {
    return this.#json(
      'POST',
      pathOf(type, object.metadata.namespace ?? '') + writeQuery(options),
      JSON.stringify(typed(type, object)),
    )
  }

  update<T extends KubeObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Promise<T> {
    return this.#json(
      'PUT',
      objectPath(type, object) + writeQuery(options),
      JSON.stringify(typed(type, object)),
    )
  }

  updateStatus<T extends KubeObject>(type: ResourceType<T>, object: T): Promise<T> {
    return this.#json('PUT', `${objectPath(type, object)}/status`, JSON.stringify(typed(type, object)))
  }

  patch<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string,
    name: string,
    patch: Patch,
    options: PatchOptions = {},
  ): Promise<T> {
    const subresource = options.subresource ? `/${options.subresource}` : ''
    const query = writeQuery(
      patch.type === 'apply' ? { ...options, fieldManager: patch.fieldManager } : options,
      patch.type === 'apply' && patch.force ? { force: 'true' } : {},
    )
    return this.#json(
      'PATCH',
      pathOf(type, namespace, name) + subresource + query,
      JSON.stringify(patch.body),
      patchContentTypes[patch.type],
    )
  }

  async delete(
    type: ResourceType,
    namespace: string,
    name: string,
    options: DeleteOptions = {},
  ): Promise<void> {
    await this.#json('DELETE', pathOf(type, namespace, name), JSON.stringify({ ...options }))
  }

  getPath(path: string): Promise<unknown> {
    return this.#json('GET', path)
  }

  async watch<T extends KubeObject>(
    type: ResourceType<T>,
    options: WatchOptions,
    onEvent: (event: WatchEvent<T>) => void,
  ): Promise<void> {
    const { namespace = '', signal, ...query } = options
    const path =
      pathOf(type, namespace) +
      queryString({ ...query, watch: 'true', allowWatchBookmarks: 'true', timeoutSeconds: watchSeconds })
    try {
      const { status, body } = await this.#request({ method: 'GET', path, signal })
      if (status !== 200) throw apiErrorFrom(status, await textOf(body))
      const lines = new LineSplitter()
      for await (const chunk of body) {
        for (const line of lines.push(chunk as Buffer)) onEvent(decodeWatchLine<T>(line))
      }
    } catch (error) {
      if (signal.aborted) return
      throw asApiError(error)
    }
  }

  async #json<R>(method: string, path: string, body?: string, contentType?: string): Promise<R> {
    let answer: Answer
    let text: string
    try {
      const signal = AbortSignal.timeout(requestTimeoutMs)
      answer = await this.#request({ method, path, body, contentType, signal })
      text = await textOf(answer.body)
    } catch (error) {
      throw asApiError(error)
    }
    if (answer.status >= 400) throw apiErrorFrom(answer.status, text)
    return JSON.parse(text) as R
  }

  #request(request: {
    method: string
    path: string
    body?: string | undefined
    contentType?: string | undefined
    signal: AbortSignal
  }): Promise<Answer> {
    const { method, path, body, contentType, signal } = request
    const headers: Record<string, string> = { accept: 'application/json', 'user-agent': this.#userAgent }
    if (body !== undefined) {
      headers['content-type'] = contentType ?? 'application/json'
      headers['content-length'] = String(Buffer.byteLength(body))
    }
    const token = this.#connection.token()
    if (token) headers['authorization'] = `Bearer ${token}`
    return new Promise((resolve, reject) => {
      const outgoing = (this.#secure ? httpsRequest : httpRequest)({
        agent: this.#agent,
        host: this.#base.hostname.replace(/^\[|\]$/g, ''),
        port: this.#base.port || (this.#secure ? 443 : 80),
        path: this.#base.pathname.replace(/\/$/, '') + path,
        method,
        headers,
        signal,
      })
      outgoing.once('response', (message) => resolve({ status: message.statusCode ?? 0, body: message }))
      outgoing.once('error', (error: NodeJS.ErrnoException) => {
        // The server closed an idle connection at the moment we took it up again: it has seen nothing of this.
        if (outgoing.reusedSocket && error.code === 'ECONNRESET') resolve(this.#request(request))
        else reject(error)
      })
      outgoing.end(body)
    })
  }
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function pathOf(type: ResourceType, namespace: string, name?: string): string {
  const root = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`
  const scope = type.namespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  return `${root}${scope}/${type.plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`
}

function objectPath(type: ResourceType, object: KubeObject): string {
  return pathOf(type, object.metadata.namespace ?? '', object.metadata.name ?? '')
}

function typed<T extends KubeObject>(type: ResourceType<T>, object: T): T {
  return { ...object, apiVersion: apiVersionOf(type), kind: type.kind }
}

function writeQuery(options: WriteOptions = {}, extra: Record<string, string> = {}): string {
  return queryString({
    dryRun: options.dryRun ? 'All' : undefined,
    fieldManager: options.fieldManager,
    ...extra,
  })
}

function queryString(values: object): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== '') query.set(name, String(value))
  }
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

function asApiError(error: unknown): Error {
  if (error instanceof ApiError) return error
  const message = error instanceof Error ? error.message : String(error)
  const timedOut = error instanceof Error && error.name === 'TimeoutError'
  return new ApiError(
    timedOut ? 'Timeout' : 'Unreachable',
    timedOut
      ? `the Kubernetes API did not answer within ${requestTimeoutMs / 1000} s`
      : `the Kubernetes API cannot be reached: ${message}`,
    { cause: error },
  )
}

/** One line of a watch. @throws ApiError if it says that the watch failed */
export function decodeWatchLine<T extends KubeObject>(line: string): WatchEvent<T> {
  const event = JSON.parse(line) as {
    type: string
    object: T & { message?: string; code?: number; reason?: string }
  }
  switch (event.type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type: event.type, object: event.object }
    case 'BOOKMARK':
      return { type: 'BOOKMARK', resourceVersion: event.object.metadata.resourceVersion ?? '' }
    default:
      throw new ApiError(
        (event.object.reason as ApiErrorCode | undefined) ?? 'Unknown',
        event.object.message ?? `the watch ended with ${event.type}`,
        { status: event.object.code ?? 0 },
      )
  }
}

/** Cuts a byte stream into lines without joining what is already complete. */
class LineSplitter {
  #rest: Buffer[] = []

  push(chunk: Buffer): string[] {
    const lines: string[] = []
    let start = 0
    for (let end = chunk.indexOf(10, start); end >= 0; end = chunk.indexOf(10, start)) {
      const tail = chunk.subarray(start, end)
      const line = this.#rest.length === 0 ? tail : Buffer.concat([...this.#rest, tail])
      this.#rest = []
      start = end + 1
      if (line.length > 0) lines.push(line.toString('utf8'))
    }
    if (start < chunk.length) this.#rest.push(chunk.subarray(start))
    return lines
  }
}
