import type { V1ConfigMap, V1EndpointSlice, V1Secret, V1Service } from '@knative-ts/apis'

/** The objects of the Kubernetes cluster that an Ingress is translated with. */
export interface ClusterView {
  service(namespace: string, name: string): V1Service | undefined
  /** The slices that belong to a Service. */
  endpointSlices(namespace: string, serviceName: string): readonly V1EndpointSlice[]
  secret(namespace: string, name: string): V1Secret | undefined
  /** ConfigMaps of the system namespace that are marked as trust bundles. */
  trustBundles(): readonly V1ConfigMap[]
}

/** Names an object that a translation has read, found or not. */
export type DependencyId = `${'service' | 'endpoints' | 'secret'}/${string}/${string}`
