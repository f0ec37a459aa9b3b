import { controllerReference, type ObjectMeta, type PodAutoscaler, podAutoscalers } from '@knative-ts/apis'

/** Metadata of an object that a PodAutoscaler controls: its name, namespace and labels. */
export function ownedMetadata(pa: PodAutoscaler): ObjectMeta {
  return {
    name: pa.metadata.name ?? '',
    namespace: pa.metadata.namespace ?? '',
    labels: { ...pa.metadata.labels },
    ownerReferences: [controllerReference(podAutoscalers, pa)],
  }
}
