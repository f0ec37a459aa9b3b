import type { ResourceType } from '../meta.ts'
import type { Metric, PodAutoscaler } from './types.ts'

export const autoscalingInternalGroup = 'autoscaling.internal.knative.dev'

export const podAutoscalers: ResourceType<PodAutoscaler> = {
  group: autoscalingInternalGroup,
  version: 'v1alpha1',
  kind: 'PodAutoscaler',
  plural: 'podautoscalers',
  namespaced: true,
}

export const metrics: ResourceType<Metric> = {
  group: autoscalingInternalGroup,
  version: 'v1alpha1',
  kind: 'Metric',
  plural: 'metrics',
  namespaced: true,
}
