import { ApiError, badRequest, unsupportedMediaType } from '../errors.ts'
import { isRecord, type KubeObject } from '../meta/kube-object.ts'
import { applyJsonPatch, JsonPatchError } from '../patch/json-patch.ts'
import { applyMergePatch } from '../patch/merge-patch.ts'
import { applyStrategicMergePatch } from '../patch/strategic-merge-patch.ts'
import type { ResourceKind } from '../resources/resource-kind.ts'
import type { Schema } from '../schema/schema.ts'
import { mediaTypeOf, parseJson } from './parse-body.ts'

export const applyPatchType = 'application/apply-patch+yaml'
const jsonPatchType = 'application/json-patch+json'
const mergePatchType = 'application/merge-patch+json'
const strategicPatchType = 'application/strategic-merge-patch+json'

/** What a patch does to an object, on a copy. */
export type ObjectPatch = (object: KubeObject) => KubeObject

/** Reads a patch other than an apply. `schema` directs strategic merges; without one they are refused. Throws 400 and 415. */
export function readPatch(
  body: Buffer,
  contentType: string | undefined,
  schema: Schema | undefined,
): ObjectPatch {
  const type = mediaTypeOf(contentType)
  if (type === jsonPatchType) {
    const patch = parseJson(body)
    return (object) => patched(() => applyJsonPatch(object, patch))
  }
  if (type === mergePatchType || (type === strategicPatchType && schema)) {
    const patch = parseJson(body)
    if (!isRecord(patch)) throw badRequest('a merge patch must be a JSON object')
    if (type === mergePatchType)
      return (object) => patched(() => structuredClone(applyMergePatch(object, patch)))
    return (object) => patched(() => structuredClone(applyStrategicMergePatch(object, patch, schema!)))
  }
  const types = schema
    ? [jsonPatchType, mergePatchType, strategicPatchType, applyPatchType]
    : [jsonPatchType, mergePatchType, applyPatchType]
  throw unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${types.join(', ')}`,
  )
}

/** The schema that strategic merges into this kind follow; custom kinds have none. */
export function strategicSchema(kind: ResourceKind): Schema | undefined {
  return kind.custom ? undefined : kind.schema
}

function patched(apply: () => unknown): KubeObject {
  try {
    return apply() as KubeObject
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error
    if (error.code === 'InvalidPatch') throw badRequest(error.message)
    throw new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {
      causes: [{ reason: 'UnexpectedServerResponse', message: error.message }],
    })
  }
}
