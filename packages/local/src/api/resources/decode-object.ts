import { badRequest } from '../errors.ts'
import { isRecord, type JsonRecord, type KubeObject } from '../meta/kube-object.ts'
import { applyDefaults } from '../schema/apply-defaults.ts'
import { checkModelTypes } from '../schema/check-types.ts'
import { prune } from '../schema/prune.ts'
import { apiVersionOf, type ResourceKind } from './resource-kind.ts'
import type { FieldValidation } from './write-options.ts'

/** What to do about fields that the kind does not know. */
export interface Strictness {
  readonly fieldValidation: FieldValidation
  readonly warnings: string[]
}

const lenient: Strictness = { fieldValidation: 'Ignore', warnings: [] }

/**
 * Turns a request body into an object of `kind`, in place: checks version, kind and JSON types, and removes
 * unknown fields. Throws 400.
 */
export function decodeObject(
  kind: ResourceKind,
  body: unknown,
  strictness: Strictness = lenient,
): KubeObject {
  if (!isRecord(body)) throw badRequest(`the body must be a JSON object of kind ${kind.kind}`)
  const apiVersion = apiVersionOf(kind)
  if (body['apiVersion'] === undefined || body['apiVersion'] === '') body['apiVersion'] = apiVersion
  if (body['kind'] === undefined || body['kind'] === '') body['kind'] = kind.kind
  if (body['apiVersion'] !== apiVersion) {
    throw badRequest(
      `the API version in the data (${String(body['apiVersion'])}) does not match the expected API version (${apiVersion})`,
    )
  }
  if (body['kind'] !== kind.kind) {
    throw badRequest(
      `${String(body['kind'])} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: no kind ${JSON.stringify(body['kind'])} is served here`,
    )
  }
  if (body['metadata'] === undefined || body['metadata'] === null) body['metadata'] = {}
  const metadataSchema = kind.schema.properties!['metadata']!
  if (kind.custom) {
    checkModelTypes(
      { metadata: body['metadata'] },
      { type: 'object', properties: { metadata: metadataSchema } },
      kind,
    )
    dropNulls(body['metadata'] as JsonRecord)
  } else checkModelTypes(body, kind.schema, kind)
  report(
    kind,
    prune(body, kind.schema, { dropNulls: !kind.custom, embedded: embeddedSchema(kind) }),
    strictness,
  )
  return body as KubeObject
}

function embeddedSchema(kind: ResourceKind) {
  const { metadata } = kind.schema.properties!
  return {
    type: 'object',
    properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: metadata! },
  }
}

function dropNulls(record: JsonRecord): void {
  for (const key of Object.keys(record)) if (record[key] === null) delete record[key]
}

function report(
  kind: ResourceKind,
  unknown: readonly string[],
  { fieldValidation, warnings }: Strictness,
): void {
  if (unknown.length === 0 || fieldValidation === 'Ignore') return
  const complaints = unknown.map((path) => `unknown field ${JSON.stringify(path)}`)
  if (fieldValidation === 'Strict') {
    throw badRequest(
      `${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: strict decoding error: ${complaints.join(', ')}`,
    )
  }
  warnings.push(...complaints)
}

/** Fills in all defaults of the kind, in place. */
export function fillDefaults(kind: ResourceKind, object: KubeObject): void {
  applyDefaults(object, kind.schema)
  kind.strategy.applyDefaults?.(object)
}
