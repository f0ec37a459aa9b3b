import type { ValidationContext } from '../admission-context.ts'
import { semanticEqual } from '../semantic-equal.ts'
import { validateScalableMetadata } from '../serving/metadata-validation.ts'
import { validateContainerConcurrency } from '../serving/revision-validation.ts'
import { missingField } from '../validation/complaints.ts'
import { currentField, FieldErrors } from '../validation/field-errors.ts'
import { validateObjectReference, validateProtocolType } from '../validation/object-reference.ts'
import type { PodAutoscaler } from './types.ts'

/** Complaints about a PodAutoscaler. */
export function validatePodAutoscaler(object: PodAutoscaler, context: ValidationContext): FieldErrors {
  return FieldErrors.all([
    validateScalableMetadata(object.metadata, context.autoscaler).viaField('metadata'),
    validateSpec(object.spec, context).viaField('spec'),
  ])
}

function validateSpec(spec: PodAutoscaler['spec'], context: ValidationContext): FieldErrors {
  if (semanticEqual(spec, {})) return missingField(currentField)
  return FieldErrors.all([
    validateObjectReference(spec.scaleTargetRef).viaField('scaleTargetRef'),
    validateContainerConcurrency(spec.containerConcurrency ?? 0, context),
    validateProtocolType(spec.protocolType),
  ])
}
