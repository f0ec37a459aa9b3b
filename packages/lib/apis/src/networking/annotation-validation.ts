import { invalidKeyName } from '../validation/complaints.ts'
import { FieldErrors } from '../validation/field-errors.ts'
import {
  certificateClassAnnotationKeys,
  disableExternalDomainTLSAnnotationKeys,
  httpOptionAnnotationKeys,
  ingressClassAnnotationKeys,
  networkingAnnotationPrefix,
} from './wire-names.ts'

const known = new Set<string>([
  ...ingressClassAnnotationKeys,
  ...certificateClassAnnotationKeys,
  ...disableExternalDomainTLSAnnotationKeys,
  ...httpOptionAnnotationKeys,
])

/** Complaints about networking annotations that do not exist; paths are relative to the annotations. */
export function validateNetworkingAnnotations(annotations: Record<string, string> | undefined): FieldErrors {
  return FieldErrors.all(
    Object.keys(annotations ?? {})
      .filter((key) => key.startsWith(networkingAnnotationPrefix) && !known.has(key))
      .map((key) => invalidKeyName(key)),
  )
}
