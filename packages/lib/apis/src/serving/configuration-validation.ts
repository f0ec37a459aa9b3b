import type { ValidationContext } from '../admission-context.ts'
import { FieldErrors } from '../validation/field-errors.ts'
import {
  validateCreatorAndModifier,
  validateOwnerLabel,
  validateParentMetadata,
} from './metadata-validation.ts'
import { templateOf, validateNameChange, validateRevisionTemplate } from './revision-validation.ts'
import type { Configuration } from './types.ts'
import { serviceLabelKey } from './wire-names.ts'

/** Complaints about a Configuration; on updates `stored` is what it was. */
export function validateConfiguration(
  configuration: Configuration,
  context: ValidationContext,
  stored?: Configuration,
): FieldErrors {
  const { metadata, spec } = configuration
  const parts: FieldErrors[] = []
  // Status writes can't change the rest, which may have been stored under laxer rules.
  if (context.subresource !== 'status') {
    parts.push(
      validateParentMetadata(metadata)
        .also(validateOwnerLabel(metadata, serviceLabelKey, 'Service'))
        .viaField('metadata'),
      validateRevisionTemplate(templateOf(spec), metadata, context).viaField('spec', 'template'),
    )
  }
  if (stored) {
    if (metadata.ownerReferences === undefined) parts.push(validateCreatorAndModifier(stored, configuration))
    parts.push(validateNameChange(templateOf(spec), templateOf(stored.spec)).viaField('spec', 'template'))
  }
  return FieldErrors.all(parts)
}
