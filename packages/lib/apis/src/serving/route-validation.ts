import type { ValidationContext } from '../admission-context.ts'
import { FieldErrors } from '../validation/field-errors.ts'
import {
  validateCreatorAndModifier,
  validateOwnerLabel,
  validateParentMetadata,
  validateRolloutDuration,
} from './metadata-validation.ts'
import { validateTraffic } from './traffic-validation.ts'
import type { Route } from './types.ts'
import { serviceLabelKey } from './wire-names.ts'

/** Complaints about a Route; on updates `stored` is what it was. */
export function validateRoute(route: Route, _context: ValidationContext, stored?: Route): FieldErrors {
  const { metadata, spec } = route
  const parts = [
    FieldErrors.all([
      validateParentMetadata(metadata),
      validateOwnerLabel(metadata, serviceLabelKey, 'Service'),
      validateRolloutDuration(metadata.annotations).viaField('annotations'),
    ]).viaField('metadata'),
    validateTraffic(spec.traffic ?? [], false).viaField('spec', 'traffic'),
  ]
  if (stored && metadata.ownerReferences === undefined) parts.push(validateCreatorAndModifier(stored, route))
  return FieldErrors.all(parts)
}
