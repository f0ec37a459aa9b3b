import {
  metricAnnotationKeys,
  type PodAutoscaler,
  type ServerlessService,
  type ServerlessServiceMode,
  serverlessServices,
} from '@knative-ts/apis'
import type { KubeClient, Lister } from '@knative-ts/kube'
import { ownedMetadata } from './owned-metadata.ts'
import { writeOwnedObject } from './owned-object-writer.ts'
import type { PodAutoscalerWithStatus } from './pod-autoscaler-status.ts'

const [metricAnnotation] = metricAnnotationKeys

/**
 * The ServerlessService of a PodAutoscaler, of the same name.
 * @param numActivators activators in the path; 0 means all
 */
function desiredServerlessService(
  pa: PodAutoscaler,
  mode: ServerlessServiceMode,
  numActivators: number,
): ServerlessService {
  const { [metricAnnotation]: _, ...annotations } = pa.metadata.annotations ?? {}
  return {
    metadata: { ...ownedMetadata(pa), annotations },
    spec: {
      mode,
      objectRef: pa.spec.scaleTargetRef,
      protocolType: pa.spec.protocolType,
      // The API keeps no zero, so one that is sent would differ for ever.
      ...(numActivators > 0 ? { numActivators } : {}),
    },
  }
}

/**
 * Brings the ServerlessService of a PodAutoscaler into that shape; returns it as it now is.
 * @throws as `writeOwnedObject` does
 */
export function writeServerlessService(
  client: KubeClient,
  lister: Lister<ServerlessService>,
  pa: PodAutoscalerWithStatus,
  mode: ServerlessServiceMode,
  numActivators: number,
): Promise<ServerlessService> {
  const desired = desiredServerlessService(pa, mode, numActivators)
  return writeOwnedObject(client, lister, serverlessServices, pa, desired, 'SKS')
}
