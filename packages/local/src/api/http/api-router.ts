import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Clock } from '@knative-ts/clock'
import type { Authenticator } from '../auth/authenticator.ts'
import {
  aggregatedDiscovery,
  coreVersions,
  groupList,
  oneGroup,
  resourceList,
  servedByGroupVersion,
} from '../discovery/discovery.ts'
import type { ServedResource } from '../discovery/served-resource.ts'
import type { OpenApiDocuments } from '../openapi/open-api-documents.ts'
import type { ResourceRegistry } from '../resources/resource-registry.ts'
import type { UserInfo } from '../resources/write-options.ts'
import { Exchange, nothingHere } from './exchange.ts'
import { negotiateDiscovery } from './negotiate.ts'
import { parseBody } from './parse-body.ts'
import type { ResourceHandler } from './resource-handler.ts'
import { answerReview, servedReviews } from './reviews.ts'
import { type ResourceRoute, type Route, routeOf } from './route.ts'

export interface RouterDependencies {
  readonly registry: ResourceRegistry
  readonly authenticator: Authenticator
  readonly resources: ResourceHandler
  readonly openApi: OpenApiDocuments
  readonly clock: Clock
  /** `host:port` as clients reach it. */
  readonly address: string
  readonly onError: (message: string, error: unknown) => void
}

const version = {
  major: '1',
  minor: '34',
  emulationMajor: '1',
  emulationMinor: '34',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '33',
  gitVersion: 'v1.34.0+local',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: `${process.platform === 'darwin' ? 'darwin' : 'linux'}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
}

const json = 'application/json'
const openApiV2Protobuf = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'
const rootPaths = ['/api', '/apis', '/healthz', '/livez', '/openapi/v2', '/openapi/v3', '/readyz', '/version']

const anonymous: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] }

/** Takes a request to what serves it, and failures to the client. */
export class ApiRouter {
  readonly #deps: RouterDependencies
  #served = new Map<string, ServedResource[]>()
  #servedGeneration = -1

  constructor(deps: RouterDependencies) {
    this.#deps = deps
  }

  /** Answers one request; never rejects. */
  async handle(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'https://localhost')
    let exchange = new Exchange(request, response, url, anonymous)
    try {
      const route = routeOf(url.pathname)
      if (route?.type !== 'health' && route?.type !== 'version') {
        const user = this.#deps.authenticator.authenticate(exchange.header('authorization'))
        exchange = new Exchange(request, response, url, user)
      }
      if (!route) throw nothingHere()
      await this.#dispatch(exchange, route)
    } catch (error) {
      if (!(error instanceof Error && 'httpCode' in error)) {
        this.#deps.onError(`${exchange.method} ${url.pathname} failed`, error)
      }
      try {
        exchange.fail(error)
      } catch {
        // The client has gone, and with it whom to tell.
      }
    }
  }

  async #dispatch(exchange: Exchange, route: Route): Promise<void> {
    switch (route.type) {
      case 'health':
        return exchange.raw(200, Buffer.from('ok'), 'text/plain; charset=utf-8')
      case 'version':
        return exchange.json(200, version)
      case 'discovery':
        return this.#discover(exchange, route)
      case 'openapi':
        return this.#document(exchange, route.document)
      case 'resource':
        return this.#resource(exchange, route)
    }
  }

  async #resource(exchange: Exchange, route: ResourceRoute): Promise<void> {
    const kind = this.#deps.registry.find(route.apiVersion, route.plural)
    if (kind) return this.#deps.resources.handle(exchange, kind, route)
    if (exchange.method === 'POST' && route.name === undefined && this.#isReview(route)) {
      const body = await parseBody(await exchange.body(), exchange.header('content-type'))
      const { authenticator, clock } = this.#deps
      const context = { user: exchange.user, authenticator, nowMs: clock.now() }
      return exchange.json(201, answerReview(route.apiVersion, route.plural, body, context))
    }
    throw nothingHere()
  }

  #isReview({ apiVersion, plural }: ResourceRoute): boolean {
    return servedReviews.some(
      ({ group, version: of, name }) => `${group}/${of}` === apiVersion && name === plural,
    )
  }

  #discover(exchange: Exchange, { path, name }: Extract<Route, { type: 'discovery' }>): void {
    const wanted =
      path === 'api' || path === 'apis' ? negotiateDiscovery(exchange.header('accept')) : undefined
    if (wanted) {
      const body = aggregatedDiscovery(this.#servedNow(), path === 'api', wanted)
      const contentType = `application/json;g=apidiscovery.k8s.io;v=${wanted};as=APIGroupDiscoveryList`
      exchange.json(200, body, contentType)
    } else {
      exchange.json(200, this.#classicDiscovery(path, name))
    }
  }

  #classicDiscovery(path: Extract<Route, { type: 'discovery' }>['path'], name: string): object {
    const served = this.#servedNow()
    switch (path) {
      case 'root':
        return { paths: rootPaths }
      case 'api':
        return coreVersions(this.#deps.address)
      case 'apis':
        return groupList(served)
    }
    const found = path === 'group' ? oneGroup(served, name) : this.#resourcesOf(served, name)
    if (!found) throw nothingHere()
    return found
  }

  #resourcesOf(
    served: ReadonlyMap<string, readonly ServedResource[]>,
    apiVersion: string,
  ): object | undefined {
    const resources = served.get(apiVersion)
    return resources && resourceList(apiVersion, resources)
  }

  #document(exchange: Exchange, document: string): void {
    const accept = exchange.header('accept') ?? ''
    if (document === 'v2' && accept.includes('proto-openapi.spec.v2') && !accept.startsWith(json)) {
      exchange.raw(200, this.#deps.openApi.v2Protobuf(), openApiV2Protobuf)
    } else {
      exchange.raw(200, this.#openApiJson(document), json)
    }
  }

  #openApiJson(document: string): Buffer {
    const { openApi } = this.#deps
    if (document === 'v2') return openApi.v2()
    if (document === 'v3') return Buffer.from(JSON.stringify(openApi.index()))
    const found = document.startsWith('v3/') ? openApi.v3(document.slice(3)) : undefined
    if (!found) throw nothingHere()
    return found
  }

  #servedNow(): ReadonlyMap<string, readonly ServedResource[]> {
    const { registry } = this.#deps
    if (this.#servedGeneration !== registry.generation) {
      this.#served = servedByGroupVersion(registry, servedReviews)
      this.#servedGeneration = registry.generation
    }
    return this.#served
  }
}
