import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type KubeObject, keyOf, type ResourceType } from '@knative-ts/apis'
import { type LabelMatcher, parseLabelSelector } from '@knative-ts/kube'

/** Events kept for watches that begin a little after their list. */
const historyLength = 1000

interface Watch {
  readonly plural: string
  readonly namespace: string
  readonly matches: LabelMatcher
  readonly response: ServerResponse
}

interface Change {
  readonly plural: string
  readonly version: number
  readonly type: 'ADDED' | 'MODIFIED'
  readonly object: KubeObject
}

/**
 * As much of a Kubernetes API as one of our processes needs to run by itself: objects that are put there, listed and watched
 * by namespace and label. Nothing is checked, nothing is ever deleted.
 */
export class StandInApi {
  readonly #objects = new Map<string, Map<string, KubeObject>>()
  readonly #watches = new Set<Watch>()
  readonly #server: Server
  #history: Change[] = []
  #version = 1

  constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response))
  }

  /** Listens on a free port of 127.0.0.1; resolves to a kubeconfig's text. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    const server = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    return JSON.stringify({
      'current-context': 'stand-in',
      contexts: [{ name: 'stand-in', context: { cluster: 'stand-in', user: 'stand-in' } }],
      clusters: [{ name: 'stand-in', cluster: { server } }],
      users: [{ name: 'stand-in', user: { token: 'none' } }],
    })
  }

  /** Creates or replaces an object and tells whoever watches. */
  put<T extends KubeObject>(type: ResourceType<T>, object: T): void {
    const { plural } = type
    const version = ++this.#version
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } }
    const all = this.#objects.get(plural) ?? new Map<string, KubeObject>()
    const change = {
      plural,
      version,
      type: all.has(keyOf(stored)) ? 'MODIFIED' : 'ADDED',
      object: stored,
    } as const
    this.#objects.set(plural, all.set(keyOf(stored), stored))
    this.#history = [...this.#history.slice(-historyLength), change]
    for (const watch of this.#watches) send(watch, change)
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://api')
    response.setHeader('content-type', 'application/json')
    if (pathname === '/version') {
      response.end(JSON.stringify({ gitVersion: 'v1.34.0' }))
      return
    }
    const [, namespace = '', plural = ''] = /(?:\/namespaces\/([^/]+))?\/([^/]+)$/.exec(pathname) ?? []
    const matches = parseLabelSelector(searchParams.get('labelSelector') ?? '')
    const watch: Watch = { plural, namespace, matches, response }
    if (searchParams.has('watch')) {
      this.#watch(watch, Number(searchParams.get('resourceVersion') ?? 0))
      return
    }
    const items = [...(this.#objects.get(plural)?.values() ?? [])].filter((object) => concerns(watch, object))
    response.end(JSON.stringify({ metadata: { resourceVersion: String(this.#version) }, items }))
  }

  #watch(watch: Watch, since: number): void {
    watch.response.flushHeaders()
    for (const change of this.#history) if (change.version > since) send(watch, change)
    this.#watches.add(watch)
    watch.response.once('close', () => this.#watches.delete(watch))
  }
}

function concerns({ namespace, matches }: Watch, { metadata }: KubeObject): boolean {
  return (namespace === '' || metadata.namespace === namespace) && matches(metadata.labels)
}

function send(watch: Watch, { plural, type, object }: Change): void {
  if (plural === watch.plural && concerns(watch, object))
    watch.response.write(`${JSON.stringify({ type, object })}\n`)
}
