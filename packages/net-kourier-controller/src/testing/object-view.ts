import {
  type KubeObject,
  trustBundleLabelKey,
  type V1ConfigMap,
  type V1EndpointSlice,
  type V1Secret,
  type V1Service,
} from '@knative-ts/apis'
import type { ClusterView } from '../ingress/cluster-view.ts'
import { serviceOf } from '../reconciler/informer-view.ts'

/** A cluster that consists of the given objects. */
export class ObjectView implements ClusterView {
  readonly #objects: readonly KubeObject[]

  constructor(objects: readonly KubeObject[]) {
    this.#objects = objects
  }

  service(namespace: string, name: string): V1Service | undefined {
    return this.#find('Service', namespace, name) as V1Service | undefined
  }

  endpointSlices(namespace: string, serviceName: string): readonly V1EndpointSlice[] {
    const slices = this.#objects.filter(({ kind }) => kind === 'EndpointSlice') as V1EndpointSlice[]
    return slices.filter(
      (slice) => slice.metadata.namespace === namespace && serviceOf(slice) === serviceName,
    )
  }

  secret(namespace: string, name: string): V1Secret | undefined {
    return this.#find('Secret', namespace, name) as V1Secret | undefined
  }

  trustBundles(): readonly V1ConfigMap[] {
    return this.#objects.filter(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.labels?.[trustBundleLabelKey] !== undefined,
    ) as V1ConfigMap[]
  }

  #find(kind: string, namespace: string, name: string): KubeObject | undefined {
    return this.#objects.find(
      (object) =>
        object.kind === kind && object.metadata.namespace === namespace && object.metadata.name === name,
    )
  }
}
