import type { AutoscalerSettings } from '../serving/settings.ts'
import type { PodAutoscaler } from './types.ts'
import { classAnnotationKeys, hpaClass, kpaClass, metricAnnotationKeys } from './wire-names.ts'

const [classKey] = classAnnotationKeys
const [metricKey] = metricAnnotationKeys

/** Fills in the class and metric annotations of a PodAutoscaler, in place. */
export function setPodAutoscalerDefaults(
  autoscaler: PodAutoscaler,
  context: { readonly autoscaler: Pick<AutoscalerSettings, 'podAutoscalerClass'> },
): void {
  const annotations = { ...autoscaler.metadata.annotations }
  annotations[classKey] ??= context.autoscaler.podAutoscalerClass
  annotations[metricKey] ??= defaultMetric(annotations[classKey])
  autoscaler.metadata.annotations = annotations
}

/** The metric that an autoscaler class scales on unless told otherwise. */
export function defaultMetric(autoscalerClass: string): string {
  switch (autoscalerClass) {
    case kpaClass:
      return 'concurrency'
    case hpaClass:
      return 'cpu'
    default:
      return ''
  }
}
