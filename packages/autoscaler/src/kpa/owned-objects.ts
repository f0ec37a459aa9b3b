import {
  controllerReference,
  type Metric,
  type PodAutoscaler,
  podAutoscalers,
  type ServerlessService,
  type ServerlessServiceMode,
} from '@knative-ts/apis'
import type { DeciderSpec } from '../scaling/decider-spec.ts'

const metricAnnotation = 'autoscaling.knative.dev/metric'
const nsPerMs = 1e6

/** The ServerlessService of a PodAutoscaler, of the same name. */
export function desiredServerlessService(
  pa: PodAutoscaler,
  mode: ServerlessServiceMode,
  numActivators: number,
): ServerlessService {
  const { [metricAnnotation]: _, ...annotations } = pa.metadata.annotations ?? {}
  return {
    metadata: {
      ...owned(pa),
      annotations,
    },
    spec: {
      mode,
      objectRef: pa.spec.scaleTargetRef,
      protocolType: pa.spec.protocolType,
      numActivators,
    },
  }
}

/**
 * The Metric of a PodAutoscaler, of the same name.
 * @param scrapeTarget the private Service
 */
export function desiredMetric(pa: PodAutoscaler, decider: DeciderSpec, scrapeTarget: string): Metric {
  const { stableWindowMs, targetBurstCapacity } = decider.parameters
  return {
    metadata: { ...owned(pa), annotations: { ...pa.metadata.annotations } },
    spec: {
      stableWindow: stableWindowMs * nsPerMs,
      panicWindow: decider.panicWindowMs * nsPerMs,
      scrapeTarget: targetBurstCapacity === -1 ? '' : scrapeTarget,
    },
  }
}

function owned(pa: PodAutoscaler) {
  return {
    name: pa.metadata.name ?? '',
    namespace: pa.metadata.namespace ?? '',
    labels: { ...pa.metadata.labels },
    ownerReferences: [controllerReference(podAutoscalers, pa)],
  }
}
