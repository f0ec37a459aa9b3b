import type { ValidationContext } from '../admission-context.ts'
import { validateScalableMetadata } from '../serving/metadata-validation.ts'
import { missingField } from '../validation/complaints.ts'
import { FieldErrors } from '../validation/field-errors.ts'
import type { Metric } from './types.ts'

/** Complaints about a Metric. */
export function validateMetric({ metadata, spec }: Metric, context: ValidationContext): FieldErrors {
  const empty = !spec?.stableWindow && !spec?.panicWindow && !spec?.scrapeTarget
  return validateScalableMetadata(metadata, context.autoscaler)
    .viaField('metadata')
    .also(empty ? missingField('spec') : FieldErrors.none)
}
