import { createHash } from 'node:crypto'
import { apiVersionOf, type ResourceKind } from '../resources/resource-kind.ts'
import type { ResourceRegistry } from '../resources/resource-registry.ts'
import { ModelNotesReader } from './model-notes.ts'
import { OpenApiSchemas } from './open-api-schema.ts'
import { encodeOpenApiV2 } from './protobuf-v2.ts'
import { kindSchemaName } from './schema-names.ts'

const info = { title: 'Kubernetes', version: 'v1.34.0' }

/** OpenAPI v2 and v3 of all kinds, written when asked for and kept until the kinds change. */
export class OpenApiDocuments {
  readonly #registry: ResourceRegistry
  readonly #notes = new ModelNotesReader()
  readonly #documents = new Map<string, Buffer>()
  #generation = -1

  constructor(registry: ResourceRegistry) {
    this.#registry = registry
  }

  /** `/openapi/v3`: where the document of each group version is. */
  index(): object {
    const paths: Record<string, object> = {}
    for (const apiVersion of new Set(this.#registry.all().map(apiVersionOf))) {
      const path = pathOf(apiVersion)
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${this.#hashOf(apiVersion)}` }
    }
    return { paths }
  }

  /** `/openapi/v3/<path>`; undefined if nothing is served there. */
  v3(path: string): Buffer | undefined {
    const apiVersion = path.replace(/^apis?\//, '')
    const kinds = this.#registry.inGroupVersion(apiVersion)
    if (kinds.length === 0 || pathOf(apiVersion) !== path) return undefined
    return this.#document(`v3 ${apiVersion}`, () => {
      const { schemas, paths } = this.#describe(kinds, '#/components/schemas/')
      return { openapi: '3.0.0', info, paths, components: { schemas } }
    })
  }

  /** `/openapi/v2`. */
  v2(): Buffer {
    return this.#document('v2', () => {
      const { schemas, paths } = this.#describe(this.#registry.all(), '#/definitions/')
      return { swagger: '2.0', info, paths, definitions: schemas }
    })
  }

  /** `/openapi/v2` as kubectl wants it: operations only, in protobuf. */
  v2Protobuf(): Buffer {
    return encodeOpenApiV2(
      info,
      this.#registry
        .all()
        .map((kind) => ({ path: objectPath(kind), kind: gvkOf(kind), parameters: patchParameters })),
    )
  }

  #describe(kinds: readonly ResourceKind[], prefix: string) {
    const schemas = new OpenApiSchemas(prefix, (model) => this.#notes.read(model))
    const paths: Record<string, object> = {}
    for (const kind of kinds) {
      const gvk = gvkOf(kind)
      schemas.define(kindSchemaName(kind), kind.schema, { 'x-kubernetes-group-version-kind': [gvk] })
      for (const [path, item] of pathItems(kind)) paths[path] = item
    }
    return { schemas: schemas.definitions, paths }
  }

  /** A hash of what a group version serves, without writing its document. */
  #hashOf(apiVersion: string): string {
    const kinds = this.#registry.inGroupVersion(apiVersion)
    const parts = kinds.map((kind) => [kind.kind, kind.status, kind.custom ? kind.schema.properties : ''])
    return createHash('sha256')
      .update(JSON.stringify(parts, withoutCycles))
      .digest('hex')
      .slice(0, 32)
      .toUpperCase()
  }

  #document(key: string, write: () => object): Buffer {
    if (this.#generation !== this.#registry.generation) {
      this.#documents.clear()
      this.#generation = this.#registry.generation
    }
    let document = this.#documents.get(key)
    if (!document) {
      document = Buffer.from(JSON.stringify(write()))
      this.#documents.set(key, document)
    }
    return document
  }
}

/** Object metadata, the one built-in schema inside custom ones, is named rather than followed. */
function withoutCycles(key: string, value: unknown): unknown {
  return key === 'metadata' ? undefined : value
}

function pathOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`
}

function gvkOf({ group, version, kind }: ResourceKind) {
  return { group, version, kind }
}

const parameter = (name: string) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } })
const writeParameters = ['dryRun', 'fieldManager', 'fieldValidation'].map(parameter)
const patchParameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force']

function collectionPath(kind: ResourceKind): string {
  return `/${pathOf(apiVersionOf(kind))}/${kind.namespaced ? 'namespaces/{namespace}/' : ''}${kind.plural}`
}

function objectPath(kind: ResourceKind): string {
  return `${collectionPath(kind)}/{name}`
}

function pathItems(kind: ResourceKind): [string, object][] {
  const operation = (action: string, parameters: readonly object[] = []) => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvkOf(kind),
    parameters,
    responses: { 200: { description: 'OK' } },
  })
  return [
    [
      collectionPath(kind),
      {
        get: operation('list'),
        post: operation('post', writeParameters),
        delete: operation('deletecollection'),
      },
    ],
    [
      objectPath(kind),
      {
        get: operation('get'),
        put: operation('put', writeParameters),
        patch: operation('patch', patchParameters.map(parameter)),
        delete: operation('delete', [parameter('dryRun')]),
      },
    ],
  ]
}
