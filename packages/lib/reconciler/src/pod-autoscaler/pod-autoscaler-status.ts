import type { PodAutoscaler, PodAutoscalerStatus } from '@knative-ts/apis'

/** A PodAutoscaler that is being reconciled. */
export type PodAutoscalerWithStatus = PodAutoscaler & { status: PodAutoscalerStatus }

/** The same object, with the fields of its status that are always on the wire. */
export function withStatus(pa: PodAutoscaler): PodAutoscalerWithStatus {
  pa.status = { ...pa.status, serviceName: '', metricsServiceName: '', ...pa.status }
  return pa as PodAutoscalerWithStatus
}
