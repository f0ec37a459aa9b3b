import { parseQuantity } from '../syntax/quantity.ts'
import { formatFloat, parseFloat64 } from '../syntax/scalars.ts'
import { invalidValue, outOfBounds } from '../validation/complaints.ts'
import { FieldErrors } from '../validation/field-errors.ts'
import {
  queueSidecarResourceAnnotationKey,
  queueSidecarResourcePercentageAnnotationKeys,
} from './wire-names.ts'

const smallestPercentage = 0.1
const largestPercentage = 100
const deprecated =
  'Queue proxy resource percentage annotation is deprecated. Please use the available annotations to explicitly set resource values per service'

const resourceKeys = (['cpu', 'memory', 'ephemeral-storage'] as const).flatMap((resource) =>
  (['request', 'limit'] as const).map((bound) => queueSidecarResourceAnnotationKey(resource, bound)),
)

/** Complaints about the annotations that size the queue-proxy; paths are relative to the annotations. */
export function validateQueueSidecarAnnotations(
  annotations: Record<string, string> | undefined,
): FieldErrors {
  if (!annotations) return FieldErrors.none
  const parts = resourceKeys.map((key) => validateQuantity(annotations[key]).viaKey(key))
  const key = queueSidecarResourcePercentageAnnotationKeys.find(
    (candidate) => annotations[candidate] !== undefined,
  )
  if (key !== undefined) {
    parts.push(
      FieldErrors.of(deprecated, []).at('warning'),
      validatePercentage(annotations[key] ?? '').viaKey(key),
    )
  }
  return FieldErrors.all(parts)
}

function validateQuantity(text: string | undefined): FieldErrors {
  if (text === undefined) return FieldErrors.none
  try {
    parseQuantity(text)
    return FieldErrors.none
  } catch {
    return invalidValue(text)
  }
}

function validatePercentage(text: string): FieldErrors {
  let value: number
  try {
    value = parseFloat64(text)
  } catch {
    return invalidValue(text)
  }
  return value >= smallestPercentage && value <= largestPercentage
    ? FieldErrors.none
    : outOfBounds(formatFloat(value), smallestPercentage, largestPercentage)
}
