import {
  Cluster,
  Listener,
  type PackedResource,
  packResource,
  RouteConfiguration,
  VirtualHost,
} from '@knative-ts/xds'
import type { KourierConfig } from '../config/kourier-config.ts'
import { extAuthzCluster } from '../envoy/ext-authz-filter.ts'
import { buildListeners, type Certificates, hasTLS } from '../envoy/listeners.ts'
import * as names from '../envoy/names.ts'
import { tracingCluster } from '../envoy/tracing.ts'
import { openStatusVirtualHost, statusVirtualHost } from '../envoy/virtual-host.ts'
import type { HostGroup, Translation } from '../ingress/translation.ts'

/** All that gateways are configured from. */
export interface GatewayContent {
  readonly config: KourierConfig
  readonly translations: Iterable<Translation>
  readonly external: Certificates
  readonly internal: Certificates
}

/** Clusters of Ingresses, and of the services that the configuration names. */
export function clusterResources(
  config: KourierConfig,
  clusters: readonly PackedResource[],
): PackedResource[] {
  const services: Cluster[] = []
  if (config.externalAuthorization) services.push(extAuthzCluster(config.externalAuthorization))
  if (config.tracing) services.push(tracingCluster(config.tracing))
  return [...clusters, ...services.map((cluster) => packResource(Cluster, cluster.name ?? '', cluster))]
}

export function listenerResources(content: GatewayContent): PackedResource[] {
  return buildListeners(content).map((listener) => packResource(Listener, listener.name ?? '', listener))
}

/** One route configuration per name that the listeners use. */
export function routeResources(content: GatewayContent): PackedResource[] {
  const groups: Record<HostGroup, Uint8Array[]> = {
    external: [],
    internal: [],
    externalTLS: [],
    internalTLS: [],
  }
  for (const { virtualHosts } of content.translations) {
    groups.external.push(...virtualHosts.external)
    groups.internal.push(...virtualHosts.internal)
    groups.externalTLS.push(...virtualHosts.externalTLS)
    groups.internalTLS.push(...virtualHosts.internalTLS)
  }
  groups.internal.push(content.config.externalAuthorization ? openStatus : status)
  const resources = [
    routeConfiguration(names.externalRouteConfig, groups.external),
    routeConfiguration(names.internalRouteConfig, groups.internal),
  ]
  if (hasTLS(content.external)) {
    resources.push(routeConfiguration(names.externalTLSRouteConfig, groups.externalTLS))
  }
  if (hasTLS(content.internal)) {
    // Without certificates of their own, cluster-local hosts are all served with the single one.
    const hosts = content.internal.sni.length > 0 ? groups.internalTLS : groups.internal
    resources.push(routeConfiguration(names.internalTLSRouteConfig, hosts))
  }
  return resources
}

const status = VirtualHost.encode(statusVirtualHost)
const openStatus = VirtualHost.encode(openStatusVirtualHost)

function routeConfiguration(name: string, virtualHosts: readonly Uint8Array[]): PackedResource {
  return packResource(RouteConfiguration, name, { name, virtualHosts, validateClusters: true })
}
