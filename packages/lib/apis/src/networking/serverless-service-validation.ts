import { semanticEqual } from '../semantic-equal.ts'
import { invalidValue, missingField } from '../validation/complaints.ts'
import { currentField, FieldErrors } from '../validation/field-errors.ts'
import { validateObjectReference, validateProtocolType } from '../validation/object-reference.ts'
import { validateNetworkingAnnotations } from './annotation-validation.ts'
import type { ServerlessService } from './types.ts'

const modes = new Set<string>(['Serve', 'Proxy'])

/** Complaints about a ServerlessService. */
export function validateServerlessService({ metadata, spec }: ServerlessService): FieldErrors {
  return validateNetworkingAnnotations(metadata.annotations)
    .viaField('annotations')
    .also(validateSpec(spec).viaField('spec'))
}

function validateSpec(spec: ServerlessService['spec']): FieldErrors {
  if (semanticEqual(spec, {})) return missingField(currentField)
  const { mode, numActivators = 0 } = spec
  const parts: FieldErrors[] = []
  if (!mode) parts.push(missingField('mode'))
  else if (!modes.has(mode)) parts.push(invalidValue(mode, 'mode'))
  if (numActivators < 0) parts.push(invalidValue(numActivators, 'numActivators'))
  return FieldErrors.all([
    ...parts,
    validateObjectReference(spec.objectRef).viaField('objectRef'),
    validateProtocolType(spec.protocolType),
  ])
}
