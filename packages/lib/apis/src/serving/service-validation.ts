import type { ValidationContext } from '../admission-context.ts'
import { FieldErrors } from '../validation/field-errors.ts'
import {
  validateCreatorAndModifier,
  validateParentMetadata,
  validateRolloutDuration,
} from './metadata-validation.ts'
import { templateOf, validateNameChange, validateRevisionTemplate } from './revision-validation.ts'
import { validateTraffic } from './traffic-validation.ts'
import type { Service } from './types.ts'

/** Complaints about a Service; on updates `stored` is what it was. */
export function validateService(service: Service, context: ValidationContext, stored?: Service): FieldErrors {
  const { metadata, spec } = service
  const parts: FieldErrors[] = []
  // Status writes can't change the rest, which may have been stored under laxer rules.
  if (context.subresource !== 'status') {
    parts.push(
      validateParentMetadata(metadata)
        .also(validateRolloutDuration(metadata.annotations).viaField('annotations'))
        .viaField('metadata'),
      validateRevisionTemplate(templateOf(spec), metadata, context).viaField('spec', 'template'),
      validateTraffic(spec.traffic ?? [], true).viaField('spec', 'traffic'),
    )
  }
  if (stored) {
    parts.push(
      validateCreatorAndModifier(stored, service),
      validateNameChange(templateOf(spec), templateOf(stored.spec)).viaField('spec', 'template'),
    )
  }
  return FieldErrors.all(parts)
}
