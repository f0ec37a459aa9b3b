import type { Clock } from '@knative-ts/clock'
import { badRequest, invalid, methodNotAllowed } from '../errors.ts'
import { required } from '../meta/field-error.ts'
import { asRecord, type KubeObject } from '../meta/kube-object.ts'
import { parseListOptions } from '../resources/list-options.ts'
import type { ObjectLister } from '../resources/object-lister.ts'
import type { ObjectRemover } from '../resources/object-remover.ts'
import type { ObjectWriter, Revision } from '../resources/object-writer.ts'
import { apiVersionOf, type ResourceKind } from '../resources/resource-kind.ts'
import { scaleOf, withScale } from '../resources/scale.ts'
import type { WatchHub } from '../resources/watch-hub.ts'
import type { WriteOptions } from '../resources/write-options.ts'
import { type IncludeObject, partialMetadata, toTable } from '../table/table.ts'
import { type Exchange, nothingHere } from './exchange.ts'
import { negotiateForm } from './negotiate.ts'
import { mediaTypeOf, parseBody, parseYaml } from './parse-body.ts'
import { applyPatchType, readPatch, strategicSchema } from './patch-request.ts'
import { deleteOptionsOf, writeOptionsOf } from './request-options.ts'
import type { ResourceRoute } from './route.ts'
import { serveWatch } from './serve-watch.ts'

/** A subresource that is more than a view of its object. */
export type SubresourceHandler = (exchange: Exchange, kind: ResourceKind, route: NamedRoute) => Promise<void>

/** A route that names an object; `namespace` is empty for cluster-wide ones. */
export interface NamedRoute {
  readonly namespace: string
  readonly name: string
}

export interface ResourceHandlerDependencies {
  readonly writer: ObjectWriter
  readonly remover: ObjectRemover
  readonly lister: ObjectLister
  readonly watches: WatchHub
  readonly clock: Clock
  /** By `plural/subresource`. */
  readonly subresources: ReadonlyMap<string, SubresourceHandler>
}

const updateAttempts = new Set(['PUT', 'PATCH'])

/** Serves the verbs of resources: turns requests into reads and writes, and objects into answers. */
export class ResourceHandler {
  readonly #deps: ResourceHandlerDependencies

  constructor(deps: ResourceHandlerDependencies) {
    this.#deps = deps
  }

  async handle(exchange: Exchange, kind: ResourceKind, route: ResourceRoute): Promise<void> {
    if (route.name === undefined) {
      if (route.namespace !== undefined && !kind.namespaced) throw nothingHere()
      return this.#collection(exchange, kind, route.namespace)
    }
    if (kind.namespaced !== (route.namespace !== undefined)) throw nothingHere()
    const named = { namespace: route.namespace ?? '', name: route.name }
    switch (route.subresource) {
      case '':
        return this.#object(exchange, kind, named)
      case 'status':
        if (!kind.status) throw nothingHere()
        return this.#status(exchange, kind, named)
      case 'scale':
        if (!kind.scale) throw nothingHere()
        return this.#scale(exchange, kind, named)
    }
    const handler = this.#deps.subresources.get(`${kind.storageKey}/${route.subresource}`)
    if (!handler) throw nothingHere()
    return handler(exchange, kind, named)
  }

  async #collection(exchange: Exchange, kind: ResourceKind, namespace: string | undefined): Promise<void> {
    const { query } = exchange
    switch (exchange.method) {
      case 'GET': {
        const options = parseListOptions(kind, query)
        const form = negotiateForm(exchange.header('accept'))
        if (['true', '1'].includes(query.get('watch') ?? '')) {
          const include = includeObject(query)
          return serveWatch(exchange, this.#deps.watches, kind, namespace, options, {
            form,
            include,
            nowMs: () => this.#deps.clock.now(),
          })
        }
        const { items, metadata } = this.#deps.lister.list(kind, namespace, options)
        if (form === 'table') return this.#table(exchange, kind, items, metadata)
        if (form === 'partial') {
          const list = { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata }
          return exchange.json(200, { ...list, items: items.map((item) => partialMetadata(item)) })
        }
        return exchange.json(200, { kind: kind.listKind, apiVersion: apiVersionOf(kind), metadata, items })
      }
      case 'POST': {
        if (kind.namespaced && namespace === undefined) throw notAllowed()
        const options = writeOptionsOf(exchange)
        const body = await parseBody(await exchange.body(), exchange.header('content-type'))
        const object = await this.#deps.writer.create(kind, namespace ?? '', body, options)
        return this.#answer(exchange, kind, object, 201)
      }
      case 'DELETE':
        return this.#deleteCollection(exchange, kind, namespace)
    }
    throw notAllowed()
  }

  async #object(exchange: Exchange, kind: ResourceKind, route: NamedRoute): Promise<void> {
    switch (exchange.method) {
      case 'GET':
        return this.#answer(exchange, kind, this.#deps.lister.get(kind, route.namespace, route.name))
      case 'PUT':
      case 'PATCH':
        return this.#write(exchange, kind, route, '')
      case 'DELETE':
        return this.#delete(exchange, kind, route)
    }
    throw notAllowed()
  }

  async #status(exchange: Exchange, kind: ResourceKind, route: NamedRoute): Promise<void> {
    if (exchange.method === 'GET') {
      return this.#answer(exchange, kind, this.#deps.lister.get(kind, route.namespace, route.name))
    }
    if (updateAttempts.has(exchange.method)) return this.#write(exchange, kind, route, 'status')
    throw notAllowed()
  }

  async #write(
    exchange: Exchange,
    kind: ResourceKind,
    route: NamedRoute,
    subresource: string,
  ): Promise<void> {
    const { writer } = this.#deps
    const { namespace, name } = route
    const options = writeOptionsOf(exchange)
    const contentType = exchange.header('content-type')
    const body = await exchange.body()
    if (exchange.method === 'PUT') {
      const parsed = await parseBody(body, contentType)
      return this.#answer(
        exchange,
        kind,
        await writer.update(kind, namespace, name, parsed, options, subresource),
      )
    }
    if (mediaTypeOf(contentType) === applyPatchType) {
      const force = ['true', '1'].includes(exchange.query.get('force') ?? '')
      if (!exchange.query.get('fieldManager')) {
        throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [
          required('fieldManager', 'is required for apply patch'),
        ])
      }
      const parsed = await parseYaml(body)
      const applied = await writer.apply(kind, namespace, name, parsed, { ...options, force }, subresource)
      return this.#answer(exchange, kind, applied.object, applied.created ? 201 : 200)
    }
    const patch = readPatch(body, contentType, strategicSchema(kind))
    const change = (current: KubeObject): Revision => {
      const object = writer.decode(kind, patch(current), options)
      if (object.metadata.name !== name) throw badRequest('the name of the object may not be changed')
      return { object, managed: false }
    }
    return this.#answer(
      exchange,
      kind,
      await writer.revise(kind, namespace, name, change, options, subresource),
    )
  }

  async #scale(exchange: Exchange, kind: ResourceKind, route: NamedRoute): Promise<void> {
    const paths = kind.scale!
    const { namespace, name } = route
    if (exchange.method === 'GET') {
      return exchange.json(200, scaleOf(paths, this.#deps.lister.get(kind, namespace, name)))
    }
    if (!updateAttempts.has(exchange.method)) {
      throw notAllowed()
    }
    const options = writeOptionsOf(exchange)
    const contentType = exchange.header('content-type')
    const body = await exchange.body()
    const wanted =
      exchange.method === 'PUT'
        ? await parseBody(body, contentType)
        : mediaTypeOf(contentType) === applyPatchType
          ? await parseYaml(body)
          : undefined
    const patch = wanted === undefined ? readPatch(body, contentType, {}) : () => wanted as KubeObject
    const change = (current: KubeObject): Revision => {
      const scale = patch(scaleOf(paths, current))
      const replicas = asRecord(scale['spec'])['replicas'] ?? 0
      if (!Number.isInteger(replicas) || Number(replicas) < 0) {
        throw invalid({ group: 'autoscaling', kind: 'Scale' }, name, [
          {
            reason: 'FieldValueInvalid',
            field: 'spec.replicas',
            value: replicas,
            detail: 'must be greater than or equal to 0',
          },
        ])
      }
      const object = withScale(kind, current, Number(replicas))
      object.metadata.resourceVersion = scale.metadata?.resourceVersion ?? ''
      return { object, managed: false }
    }
    const object = await this.#deps.writer.revise(kind, namespace, name, change, options, 'scale')
    exchange.json(200, scaleOf(paths, object))
  }

  async #delete(exchange: Exchange, kind: ResourceKind, route: NamedRoute): Promise<void> {
    const { options, write } = await this.#deletion(exchange)
    const { object, gone } = await this.#deps.remover.delete(
      kind,
      route.namespace,
      route.name,
      options,
      write,
    )
    if (!gone || kind.storageKey === 'pods') return this.#answer(exchange, kind, object)
    exchange.json(200, {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: {
        name: route.name,
        ...(kind.group ? { group: kind.group } : {}),
        kind: kind.plural,
        uid: object.metadata.uid,
      },
    })
  }

  async #deleteCollection(
    exchange: Exchange,
    kind: ResourceKind,
    namespace: string | undefined,
  ): Promise<void> {
    if (kind.namespaced && namespace === undefined) {
      throw notAllowed()
    }
    const selection = parseListOptions(kind, exchange.query)
    const { options, write } = await this.#deletion(exchange)
    const deleted: KubeObject[] = []
    for (const { metadata } of this.#deps.lister.select(kind, namespace, selection)) {
      const { namespace: place = '', name = '' } = metadata
      const { object } = await this.#deps.remover
        .delete(kind, place, name, options, write)
        .catch((error: unknown) => {
          if (asRecord(error)['code'] === 'NotFound') return { object: undefined }
          throw error
        })
      if (object) deleted.push(object)
    }
    exchange.json(200, { kind: kind.listKind, apiVersion: apiVersionOf(kind), metadata: {}, items: deleted })
  }

  async #deletion(exchange: Exchange) {
    const body = await exchange.body()
    const parsed = body.length > 0 ? await parseBody(body, exchange.header('content-type')) : undefined
    const { dryRun, ...options } = deleteOptionsOf(parsed, exchange.query)
    const base = writeOptionsOf(exchange)
    const write: WriteOptions = { ...base, dryRun: base.dryRun || dryRun }
    return { options, write }
  }

  #answer(exchange: Exchange, kind: ResourceKind, object: KubeObject, code = 200): void {
    const form = negotiateForm(exchange.header('accept'))
    if (form === 'table') {
      const metadata = { resourceVersion: object.metadata.resourceVersion ?? '' }
      this.#table(exchange, kind, [object], metadata, code)
    } else {
      exchange.json(code, form === 'partial' ? partialMetadata(object) : object)
    }
  }

  #table(
    exchange: Exchange,
    kind: ResourceKind,
    items: readonly KubeObject[],
    metadata: object,
    code = 200,
  ): void {
    const include = includeObject(exchange.query)
    const options = { include, definitions: true, nowMs: this.#deps.clock.now() }
    exchange.json(code, toTable(items, kind.columns, metadata, options))
  }
}

function notAllowed(): Error {
  return methodNotAllowed('the server does not allow this method on the requested resource')
}

function includeObject(query: URLSearchParams): IncludeObject {
  const wanted = query.get('includeObject')
  return wanted === 'None' || wanted === 'Object' ? wanted : 'Metadata'
}
