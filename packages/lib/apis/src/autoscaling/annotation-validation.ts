import type { AutoscalerSettings } from '../serving/settings.ts'
import { formatDuration, nsPerSecond, parseDurationNs } from '../syntax/duration.ts'
import { isInteger, maxInt32, parseFloat64, parseInt32 } from '../syntax/scalars.ts'
import { complaint, invalidValue, outOfBounds } from '../validation/complaints.ts'
import { FieldErrors } from '../validation/field-errors.ts'
import {
  activationScaleKeys,
  autoscalingGroup,
  classAnnotationKeys,
  firstAnnotation,
  hpaClass,
  initialScaleAnnotationKeys,
  kpaClass,
  maxScaleAnnotationKeys,
  metricAggregationAlgorithmKeys,
  metricAnnotationKeys,
  minScaleAnnotationKeys,
  panicThresholdPercentageAnnotationKeys,
  panicWindowPercentageAnnotationKeys,
  scaleDownDelayAnnotationKeys,
  scaleToZeroPodRetentionPeriodKeys,
  targetAnnotationKeys,
  targetBurstCapacityKeys,
  targetUtilizationPercentageKeys,
  windowAnnotationKeys,
} from './wire-names.ts'

type Annotations = Record<string, string> | undefined

const ownDomainSuffix = '.knative.dev'
const kpaMetrics = new Set(['concurrency', 'rps'])
const aggregationAlgorithms = new Set(['', 'linear', 'weighted-exponential', 'weightedExponential'])
const smallestTarget = 0.01
const secondPrecision = 'must be specified with at most second precision'
const shortestWindowNs = 6n * nsPerSecond
const hourNs = 3_600n * nsPerSecond

/** Complaints about autoscaling annotations; paths are the annotation keys. */
export function validateAutoscalingAnnotations(
  annotations: Annotations,
  settings: AutoscalerSettings,
): FieldErrors {
  if (!annotations || !Object.keys(annotations).some((key) => key.startsWith(autoscalingGroup))) {
    return FieldErrors.none
  }
  return FieldErrors.all([
    validateClass(annotations),
    validateScaleBounds(annotations, settings),
    validateInitialScale(annotations, settings),
    validateMetric(annotations, settings),
    validateAggregation(annotations),
    validateFloats(annotations),
    validateDuration(annotations, windowAnnotationKeys, shortestWindowNs, true),
    validateDuration(annotations, scaleDownDelayAnnotationKeys, 0n, true),
    validateDuration(annotations, scaleToZeroPodRetentionPeriodKeys, 0n, false),
  ])
}

function validateClass(annotations: Annotations): FieldErrors {
  const found = firstAnnotation(annotations, classAnnotationKeys)
  if (!found?.value.endsWith(ownDomainSuffix)) return FieldErrors.none
  return found.value === kpaClass || found.value === hpaClass
    ? FieldErrors.none
    : invalidValue(found.value, found.key)
}

/** A scale annotation: its number if it is usable, else what is wrong with it. */
interface Scale {
  readonly key: string
  readonly value: number | undefined
  readonly errors: FieldErrors
}

function scaleOf(annotations: Annotations, keys: readonly string[]): Scale | undefined {
  const found = firstAnnotation(annotations, keys)
  if (!found) return undefined
  const { key, value: text } = found
  const outside = () => ({ key, value: undefined, errors: outOfBounds(text, 0, maxInt32, key) })
  if (!isInteger(text)) return { key, value: undefined, errors: invalidValue(text, key) }
  try {
    const value = parseInt32(text)
    return value < 0 ? outside() : { key, value, errors: FieldErrors.none }
  } catch {
    return outside()
  }
}

function validateScaleBounds(annotations: Annotations, { maxScaleLimit }: AutoscalerSettings): FieldErrors {
  const min = scaleOf(annotations, minScaleAnnotationKeys)
  const max = scaleOf(annotations, maxScaleAnnotationKeys)
  const parts = [min?.errors ?? FieldErrors.none, max?.errors ?? FieldErrors.none]
  const least = min?.value ?? 0
  const most = max?.value ?? 0
  if (most !== 0 && most < least) {
    parts.push(
      FieldErrors.of(`max-scale=${most} is less than min-scale=${least}`, [
        maxScaleAnnotationKeys[0],
        minScaleAnnotationKeys[0],
      ]),
    )
  }
  if (max?.value !== undefined && maxScaleLimit > 0) {
    if (max.value > maxScaleLimit) parts.push(outOfBounds(max.value, 1, maxScaleLimit, max.key))
    if (max.value === 0) {
      parts.push(complaint(`max-scale=0 (unlimited), must be less than ${maxScaleLimit}`, max.key))
    }
  }
  parts.push(validateActivationScale(annotations, least, most))
  return FieldErrors.all(parts)
}

function validateActivationScale(annotations: Annotations, least: number, most: number): FieldErrors {
  const found = firstAnnotation(annotations, activationScaleKeys)
  if (!found) return FieldErrors.none
  let value: number
  try {
    value = parseInt32(found.value)
  } catch {
    return invalidValue(found.value, found.key)
  }
  if (least > value)
    return complaint(`min-scale=${least} is greater than activation-scale=${value}`, found.key)
  if (most !== 0 && most < value) {
    return complaint(`max-scale=${most} is less than activation-scale=${value}`, found.key)
  }
  return value < 2
    ? complaint(`activation-scale=${value} must be greater than 1`, found.key)
    : FieldErrors.none
}

function validateInitialScale(annotations: Annotations, settings: AutoscalerSettings): FieldErrors {
  const found = firstAnnotation(annotations, initialScaleAnnotationKeys)
  if (!found) return FieldErrors.none
  const { key, value: text } = found
  let value: number
  try {
    value = parseInt32(text)
  } catch {
    return invalidValue(text, key)
  }
  if (value < 0) return invalidValue(text, `${key} must be greater than 0`)
  return value === 0 && !settings.allowZeroInitialScale
    ? invalidValue(text, `${key}=0 not allowed by cluster`)
    : FieldErrors.none
}

function validateMetric(annotations: Annotations, settings: AutoscalerSettings): FieldErrors {
  const found = firstAnnotation(annotations, metricAnnotationKeys)
  if (!found) return FieldErrors.none
  const { key, value } = found
  const autoscalerClass =
    firstAnnotation(annotations, classAnnotationKeys)?.value ?? settings.podAutoscalerClass
  const valid =
    autoscalerClass === kpaClass ? kpaMetrics.has(value) : autoscalerClass === hpaClass ? value !== '' : true
  return valid ? FieldErrors.none : invalidValue(value, key)
}

function validateAggregation(annotations: Annotations): FieldErrors {
  if (firstAnnotation(annotations, classAnnotationKeys)?.value !== kpaClass) return FieldErrors.none
  const found = firstAnnotation(annotations, metricAggregationAlgorithmKeys)
  return !found || aggregationAlgorithms.has(found.value)
    ? FieldErrors.none
    : invalidValue(found.value, found.key)
}

function validateFloats(annotations: Annotations): FieldErrors {
  const check = (
    keys: readonly string[],
    fault: (value: number, text: string, key: string) => FieldErrors,
  ) => {
    const found = firstAnnotation(annotations, keys)
    if (!found) return FieldErrors.none
    try {
      return fault(parseFloat64(found.value), found.value, found.key)
    } catch {
      return invalidValue(found.value, found.key)
    }
  }
  const within = (low: number, high: number) => (value: number, text: string, key: string) =>
    value >= low && value <= high ? FieldErrors.none : outOfBounds(text, low, high, key)
  return FieldErrors.all([
    check(panicWindowPercentageAnnotationKeys, within(1, 100)),
    check(panicThresholdPercentageAnnotationKeys, within(110, 1000)),
    check(targetUtilizationPercentageKeys, within(1, 100)),
    check(targetAnnotationKeys, (value, text, key) =>
      value >= smallestTarget
        ? FieldErrors.none
        : complaint(`target ${text} should be at least ${smallestTarget}`, key),
    ),
    check(targetBurstCapacityKeys, (value, text, key) =>
      value >= 0 || value === -1 ? FieldErrors.none : invalidValue(text, key),
    ),
  ])
}

/** A duration from `shortestNs` to one hour. */
function validateDuration(
  annotations: Annotations,
  keys: readonly string[],
  shortestNs: bigint,
  wholeSeconds: boolean,
): FieldErrors {
  const found = firstAnnotation(annotations, keys)
  if (!found) return FieldErrors.none
  let ns: bigint
  try {
    ns = parseDurationNs(found.value)
  } catch {
    return invalidValue(found.value, found.key)
  }
  if (ns < shortestNs || ns > hourNs) {
    return outOfBounds(found.value, formatDuration(shortestNs), formatDuration(hourNs), found.key)
  }
  return wholeSeconds && ns % nsPerSecond !== 0n ? complaint(secondPrecision, found.key) : FieldErrors.none
}
