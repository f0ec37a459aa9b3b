import type { ObjectRef } from '../autoscaling/types.ts'
import { checkDisallowedFields, objectRefMask } from '../serving/field-mask.ts'
import { invalidValue, missingField } from './complaints.ts'
import { FieldErrors } from './field-errors.ts'
import { cIdentifierName, dns1123Label, type NameRule, qualifiedName } from './names.ts'

const rules: readonly (readonly [keyof ObjectRef, NameRule])[] = [
  ['apiVersion', qualifiedName],
  ['kind', cIdentifierName],
  ['name', dns1123Label],
]

/** Complaints about a reference to an object of the same namespace. */
export function validateObjectReference(ref: Partial<ObjectRef> | undefined): FieldErrors {
  const parts = rules.map(([field, rule]) => {
    const value = ref?.[field]
    if (!value) return missingField(field)
    const messages = rule(value)
    return messages.length > 0 ? invalidValue(messages.join(', '), field) : FieldErrors.none
  })
  return checkDisallowedFields(ref ?? {}, objectRefMask).also(...parts)
}

/** The protocol that pods speak: it must be given, as `http1` or `h2c`. */
export function validateProtocolType(protocol: string | undefined): FieldErrors {
  if (!protocol) return missingField('protocolType')
  return protocol === 'http1' || protocol === 'h2c'
    ? FieldErrors.none
    : invalidValue(protocol, 'protocolType')
}
