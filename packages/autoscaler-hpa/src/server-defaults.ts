import { semanticEqual } from '@knative-ts/apis'
import type { HorizontalPodAutoscalerSpec } from './desired-autoscaler.ts'

type Behavior = NonNullable<HorizontalPodAutoscalerSpec['behavior']>

const percentPolicy = { type: 'Percent', value: 100, periodSeconds: 15 }
const podsPolicy = { type: 'Pods', value: 4, periodSeconds: 15 }
const cpuMetric = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
}

/** Whether two specs mean the same to the API server, which fills in what is left open. */
export function sameSpec(a: HorizontalPodAutoscalerSpec, b: HorizontalPodAutoscalerSpec): boolean {
  return semanticEqual(withServerDefaults(a), withServerDefaults(b))
}

/** The spec as the API server stores it (defaults of `autoscaling/v2`). */
function withServerDefaults(spec: HorizontalPodAutoscalerSpec): HorizontalPodAutoscalerSpec {
  return {
    ...spec,
    minReplicas: spec.minReplicas ?? 1,
    metrics: spec.metrics?.length ? spec.metrics : [cpuMetric],
    ...(spec.behavior ? { behavior: behaviorWithDefaults(spec.behavior) } : {}),
  }
}

function behaviorWithDefaults({ scaleUp, scaleDown }: Behavior): Behavior {
  return {
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [podsPolicy, percentPolicy],
      ...scaleUp,
    },
    scaleDown: { selectPolicy: 'Max', policies: [percentPolicy], ...scaleDown },
  }
}
