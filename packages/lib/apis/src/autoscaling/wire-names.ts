/** Prefix of every autoscaling annotation. */
export const autoscalingGroup = 'autoscaling.knative.dev'

const key = (name: string) => `${autoscalingGroup}/${name}`

export const kpaClass = `kpa.${autoscalingGroup}`
export const hpaClass = `hpa.${autoscalingGroup}`

/** Each list holds the accepted spellings of one annotation; the first one present wins. */
export const classAnnotationKeys = [key('class')] as const
export const metricAnnotationKeys = [key('metric')] as const
export const targetAnnotationKeys = [key('target')] as const
export const targetUtilizationPercentageKeys = [
  key('target-utilization-percentage'),
  key('targetUtilizationPercentage'),
] as const
export const targetBurstCapacityKeys = [key('target-burst-capacity'), key('targetBurstCapacity')] as const
export const windowAnnotationKeys = [key('window')] as const
export const panicWindowPercentageAnnotationKeys = [
  key('panic-window-percentage'),
  key('panicWindowPercentage'),
] as const
export const panicThresholdPercentageAnnotationKeys = [
  key('panic-threshold-percentage'),
  key('panicThresholdPercentage'),
] as const
export const minScaleAnnotationKeys = [key('min-scale'), key('minScale')] as const
export const maxScaleAnnotationKeys = [key('max-scale'), key('maxScale')] as const
export const initialScaleAnnotationKeys = [key('initial-scale'), key('initialScale')] as const
export const activationScaleKeys = [key('activation-scale')] as const
export const scaleDownDelayAnnotationKeys = [key('scale-down-delay'), key('scaleDownDelay')] as const
export const scaleToZeroPodRetentionPeriodKeys = [
  key('scale-to-zero-pod-retention-period'),
  key('scaleToZeroPodRetentionPeriod'),
] as const
export const metricAggregationAlgorithmKeys = [
  key('metric-aggregation-algorithm'),
  key('metricAggregationAlgorithm'),
] as const

/** The first of `keys` that is present, with its value. */
export function firstAnnotation(
  annotations: Record<string, string> | undefined,
  keys: readonly string[],
): { key: string; value: string } | undefined {
  for (const candidate of keys) {
    const value = annotations?.[candidate]
    if (value !== undefined) return { key: candidate, value }
  }
  return undefined
}
