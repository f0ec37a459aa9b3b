import { parseDurationMs, parseFloat64, parseInt32 } from '../syntax/index.ts'
import {
  activationScaleKeys,
  classAnnotationKeys,
  firstAnnotation,
  initialScaleAnnotationKeys,
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

/**
 * What the autoscaling annotations of an object say. A value that can't be parsed, or isn't finite, counts as absent here;
 * admission is where it is refused.
 */
export interface AutoscalingAnnotations {
  readonly class: string | undefined
  readonly metric: string | undefined
  readonly target: number | undefined
  /** Percent. */
  readonly targetUtilizationPercentage: number | undefined
  readonly targetBurstCapacity: number | undefined
  readonly windowMs: number | undefined
  readonly panicWindowPercentage: number | undefined
  readonly panicThresholdPercentage: number | undefined
  readonly minScale: number | undefined
  readonly maxScale: number | undefined
  readonly initialScale: number | undefined
  readonly activationScale: number | undefined
  readonly scaleDownDelayMs: number | undefined
  readonly scaleToZeroPodRetentionPeriodMs: number | undefined
  readonly metricAggregationAlgorithm: string | undefined
}

/** Reads all autoscaling annotations at once. */
export function autoscalingAnnotations(annotations: Annotations): AutoscalingAnnotations {
  const text = (keys: readonly string[]) => firstAnnotation(annotations, keys)?.value
  const parsed = (keys: readonly string[], parse: (value: string) => number): number | undefined => {
    const value = text(keys)
    if (value === undefined) return undefined
    try {
      const number = parse(value)
      return Number.isFinite(number) ? number : undefined
    } catch {
      return undefined
    }
  }
  return {
    class: text(classAnnotationKeys),
    metric: text(metricAnnotationKeys),
    target: parsed(targetAnnotationKeys, parseFloat64),
    targetUtilizationPercentage: parsed(targetUtilizationPercentageKeys, parseFloat64),
    targetBurstCapacity: parsed(targetBurstCapacityKeys, parseFloat64),
    windowMs: parsed(windowAnnotationKeys, parseDurationMs),
    panicWindowPercentage: parsed(panicWindowPercentageAnnotationKeys, parseFloat64),
    panicThresholdPercentage: parsed(panicThresholdPercentageAnnotationKeys, parseFloat64),
    minScale: parsed(minScaleAnnotationKeys, parseInt32),
    maxScale: parsed(maxScaleAnnotationKeys, parseInt32),
    initialScale: parsed(initialScaleAnnotationKeys, parseInt32),
    activationScale: parsed(activationScaleKeys, parseInt32),
    scaleDownDelayMs: parsed(scaleDownDelayAnnotationKeys, parseDurationMs),
    scaleToZeroPodRetentionPeriodMs: parsed(scaleToZeroPodRetentionPeriodKeys, parseDurationMs),
    metricAggregationAlgorithm: text(metricAggregationAlgorithmKeys),
  }
}
