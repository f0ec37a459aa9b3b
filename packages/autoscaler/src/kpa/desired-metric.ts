import type { Metric, PodAutoscaler } from '@knative-ts/apis'
import { ownedMetadata } from '@knative-ts/reconciler/pod-autoscaler'
import type { DeciderSpec } from '../scaling/decider-spec.ts'

const nsPerMs = 1e6

/**
 * The Metric of a PodAutoscaler, of the same name.
 * @param scrapeTarget the private Service
 */
export function desiredMetric(pa: PodAutoscaler, decider: DeciderSpec, scrapeTarget: string): Metric {
  const { stableWindowMs, targetBurstCapacity } = decider.parameters
  return {
    metadata: { ...ownedMetadata(pa), annotations: { ...pa.metadata.annotations } },
    spec: {
      stableWindow: stableWindowMs * nsPerMs,
      panicWindow: decider.panicWindowMs * nsPerMs,
      scrapeTarget: targetBurstCapacity === -1 ? '' : scrapeTarget,
    },
  }
}
