import {
  configMaps,
  coreServices,
  endpointSlices,
  labelServiceName,
  secrets,
  trustBundleLabelKey,
  type V1ConfigMap,
  type V1EndpointSlice,
  type V1Secret,
  type V1Service,
} from '@knative-ts/apis'
import type { Informer, InformerFactory } from '@knative-ts/kube'
import type { ClusterView } from '../ingress/cluster-view.ts'

const byService = 'service'

export interface InformerViewOptions {
  readonly informers: InformerFactory
  readonly systemNamespace: string
  /** Restricts which Secrets are watched. */
  readonly secretSelector: string | undefined
}

/** The cluster as informers know it. */
export class InformerView implements ClusterView {
  readonly services: Informer<V1Service>
  readonly slices: Informer<V1EndpointSlice>
  readonly secrets: Informer<V1Secret>
  readonly bundles: Informer<V1ConfigMap>

  constructor({ informers, systemNamespace, secretSelector }: InformerViewOptions) {
    this.services = informers.informer(coreServices)
    this.slices = informers.informer(endpointSlices)
    this.slices.addIndex(byService, (slice) => {
      const service = serviceOf(slice)
      return service === undefined ? [] : [`${slice.metadata.namespace}/${service}`]
    })
    this.secrets = informers.informer(
      secrets,
      secretSelector === undefined ? {} : { labelSelector: secretSelector },
    )
    this.bundles = informers.informer(configMaps, {
      namespace: systemNamespace,
      labelSelector: trustBundleLabelKey,
    })
  }

  service(namespace: string, name: string): V1Service | undefined {
    return this.services.lister.get(namespace, name)
  }

  endpointSlices(namespace: string, serviceName: string): readonly V1EndpointSlice[] {
    return this.slices.lister.byIndex(byService, `${namespace}/${serviceName}`)
  }

  secret(namespace: string, name: string): V1Secret | undefined {
    return this.secrets.lister.get(namespace, name)
  }

  trustBundles(): readonly V1ConfigMap[] {
    return this.bundles.lister
      .list()
      .sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1))
  }
}

/** Name of the Service that a slice belongs to. */
export function serviceOf(slice: V1EndpointSlice): string | undefined {
  return slice.metadata.labels?.[labelServiceName]
}
