import {
  autoscalingAnnotations,
  defaultMetric,
  formatQuantity,
  hpaClass,
  type PodAutoscaler,
  parseQuantity,
  type ScaleDefaults,
  scaleBounds,
  type V1HorizontalPodAutoscaler,
} from '@knative-ts/apis'
import { ownedMetadata } from '@knative-ts/reconciler/pod-autoscaler'

export type HorizontalPodAutoscalerSpec = NonNullable<V1HorizontalPodAutoscaler['spec']>
type MetricSpec = NonNullable<HorizontalPodAutoscalerSpec['metrics']>[number]

const largestInt32 = 2 ** 31 - 1
const largestAmount = Number.MAX_SAFE_INTEGER

/** The HorizontalPodAutoscaler of a PodAutoscaler, of the same name. */
export function desiredAutoscaler(
  pa: PodAutoscaler,
  defaults: ScaleDefaults,
): V1HorizontalPodAutoscaler & { spec: HorizontalPodAutoscalerSpec } {
  const { min, max } = scaleBounds(pa, defaults)
  const { apiVersion, kind, name } = pa.spec.scaleTargetRef
  const {
    metric = defaultMetric(hpaClass),
    target,
    windowMs,
  } = autoscalingAnnotations(pa.metadata.annotations)
  return {
    metadata: { ...ownedMetadata(pa), annotations: { ...pa.metadata.annotations } },
    spec: {
      scaleTargetRef: { apiVersion, kind, name },
      maxReplicas: max || largestInt32,
      ...(min > 0 ? { minReplicas: min } : {}),
      ...(target === undefined ? {} : { metrics: [metricSpec(metric, target)] }),
      ...(windowMs === undefined ? {} : { behavior: behaviorOf(windowMs) }),
    },
  }
}

/**
 * What to measure and to aim at: percent of the requested CPU, MiB of memory per pod, or whatever unit a metric
 * of the pods has.
 */
function metricSpec(metric: string, target: number): MetricSpec {
  switch (metric) {
    case 'cpu': {
      const averageUtilization = whole(Math.ceil(target), largestInt32)
      return {
        type: 'Resource',
        resource: { name: metric, target: { type: 'Utilization', averageUtilization } },
      }
    }
    case 'memory':
      return { type: 'Resource', resource: { name: metric, target: averageValue(target, 'Mi') } }
    default:
      return { type: 'Pods', pods: { metric: { name: metric }, target: averageValue(target, '') } }
  }
}

/** Written as the API server stores it, so that what is there can be compared with it. */
function averageValue(target: number, unit: 'Mi' | '') {
  const amount = whole(Math.trunc(target), largestAmount)
  return { type: 'AverageValue', averageValue: formatQuantity(parseQuantity(`${amount}${unit}`)) }
}

function behaviorOf(windowMs: number): NonNullable<HorizontalPodAutoscalerSpec['behavior']> {
  const stabilizationWindowSeconds = whole(Math.trunc(windowMs / 1000), largestInt32)
  return { scaleUp: { stabilizationWindowSeconds }, scaleDown: { stabilizationWindowSeconds } }
}

/** A whole number as the wire can carry it; what makes no sense is for the API server to refuse, by field. */
function whole(value: number, largest: number): number {
  // Adding 0 makes 0 of -0, which JSON does not know.
  return Math.max(-largest, Math.min(value, largest)) + 0
}
