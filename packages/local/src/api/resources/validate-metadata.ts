import { type FieldError, forbiddenField, invalidValue, required } from '../meta/field-error.ts'
import type { KubeObject } from '../meta/kube-object.ts'
import { keyErrors, labelErrors, nameProblems } from '../meta/names.ts'
import type { ResourceKind } from './resource-kind.ts'

const maxAnnotationBytes = 256 * 1024

/** Rules that metadata of every kind obeys. */
export function validateMetadata(
  kind: ResourceKind,
  object: KubeObject,
  old: KubeObject | undefined,
): FieldError[] {
  const { metadata } = object
  const errors: FieldError[] = []
  if (!metadata.name) errors.push(required('metadata.name', 'name or generateName is required'))
  else {
    for (const problem of nameProblems(metadata.name, kind.strategy.nameRule ?? 'subdomain')) {
      errors.push(invalidValue('metadata.name', metadata.name, problem))
    }
  }
  errors.push(...labelErrors(metadata.labels ?? {}, 'metadata.labels'))
  errors.push(...annotationErrors(metadata.annotations ?? {}))
  for (const [i, owner] of (metadata.ownerReferences ?? []).entries()) {
    for (const field of ['apiVersion', 'kind', 'name', 'uid'] as const) {
      if (!owner[field])
        errors.push(invalidValue(`metadata.ownerReferences[${i}].${field}`, '', `${field} must not be empty`))
    }
  }
  const controllers = (metadata.ownerReferences ?? []).filter((owner) => owner.controller)
  if (controllers.length > 1) {
    errors.push(
      invalidValue(
        'metadata.ownerReferences',
        controllers,
        `Only one reference can have Controller set to true. Found "true" in references for ${controllers.map((owner) => `${owner.kind}/${owner.name}`).join(' and ')}`,
      ),
    )
  }
  if (old) errors.push(...finalizerErrors(object, old))
  return errors
}

function annotationErrors(annotations: Readonly<Record<string, string>>): FieldError[] {
  const errors: FieldError[] = []
  let bytes = 0
  for (const [key, value] of Object.entries(annotations)) {
    errors.push(...keyErrors(key.toLowerCase(), 'metadata.annotations'))
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value)
  }
  if (bytes > maxAnnotationBytes) {
    errors.push({
      reason: 'FieldValueTooLong',
      field: 'metadata.annotations',
      detail: `may not be more than ${maxAnnotationBytes} bytes`,
    })
  }
  return errors
}

function finalizerErrors(object: KubeObject, old: KubeObject): FieldError[] {
  if (!old.metadata.deletionTimestamp) return []
  const before = old.metadata.finalizers ?? []
  const added = (object.metadata.finalizers ?? []).filter((finalizer) => !before.includes(finalizer))
  if (added.length === 0) return []
  const list = added.map((finalizer) => JSON.stringify(finalizer)).join(', ')
  return [
    forbiddenField(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
    ),
  ]
}
