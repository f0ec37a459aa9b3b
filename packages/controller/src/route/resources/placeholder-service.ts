import {
  appProtocolH2C,
  controllerReference,
  type Ingress,
  type LoadBalancerIngress,
  type Route,
  routeLabelKey,
  routes,
  serviceHTTPPort,
  servicePortNameH2C,
  servicePortNameHTTP1,
  type V1Endpoints,
  type V1Service,
  type V1ServicePort,
  visibilityLabelKey,
} from '@knative-ts/apis'
import { withoutKeys } from '../../without-keys.ts'
import { isClusterLocalService, type TagHosts } from '../domains.ts'

/** The Service that holds a tag's name inside the cluster, before the gateway is known. */
export function makePlaceholderService(route: Route, hosts: TagHosts): V1Service {
  return makeService(route, hosts.hostname, externalName(hosts.host))
}

/** A placeholder as it shall be once the gateway is known. */
export interface PlaceholderTarget {
  service: V1Service
  /** For a gateway that is known by address only. */
  endpoints?: V1Endpoints
}

/**
 * The placeholder that leads to the gateway of an Ingress. Undefined while the Ingress names no gateway,
 * or several.
 * @param current the Service as it is; its label may ask for the gateway inside the cluster
 */
export function makePlaceholderTarget(
  route: Route,
  current: V1Service,
  ingress: Ingress,
): PlaceholderTarget | undefined {
  const gateway = gatewayOf(ingress, isClusterLocalService(current))
  if (!gateway) return undefined
  const name = current.metadata.name ?? ''
  if (gateway.ip) {
    return {
      service: makeService(route, name, {
        type: 'ClusterIP',
        clusterIP: 'None',
        ports: [port(servicePortNameH2C)],
      }),
      endpoints: {
        metadata: metadataOf(route, name),
        subsets: [
          {
            addresses: [{ ip: gateway.ip }],
            ports: [{ name: servicePortNameH2C, port: serviceHTTPPort }],
          },
        ],
      },
    }
  }
  if (gateway.domainInternal)
    return { service: makeService(route, name, externalName(gateway.domainInternal)) }
  if (gateway.domain) return { service: makeService(route, name, externalName(gateway.domain)) }
  if (gateway.meshOnly) {
    return {
      service: makeService(route, name, { type: 'ClusterIP', ports: [port(servicePortNameHTTP1)] }),
    }
  }
  return undefined
}

function gatewayOf({ status }: Ingress, isClusterLocal: boolean): LoadBalancerIngress | undefined {
  const usesPrivate = isClusterLocal || Boolean(status?.privateLoadBalancer?.ingress?.length)
  const balancer = usesPrivate ? status?.privateLoadBalancer : status?.publicLoadBalancer
  const entries = balancer?.ingress ?? []
  return entries.length === 1 ? entries[0] : undefined
}

function makeService(route: Route, name: string, spec: NonNullable<V1Service['spec']>): V1Service {
  return { metadata: metadataOf(route, name), spec }
}

function metadataOf(route: Route, name: string): V1Service['metadata'] {
  const { namespace, labels, annotations } = route.metadata
  return {
    name,
    namespace,
    labels: { ...withoutKeys(labels, [visibilityLabelKey]), [routeLabelKey]: route.metadata.name ?? '' },
    annotations: { ...annotations },
    ownerReferences: [controllerReference(routes, route)],
  }
}

function externalName(host: string): NonNullable<V1Service['spec']> {
  return {
    type: 'ExternalName',
    externalName: host,
    sessionAffinity: 'None',
    ports: [port(servicePortNameH2C)],
  }
}

function port(name: string): V1ServicePort {
  return {
    name,
    port: serviceHTTPPort,
    targetPort: serviceHTTPPort,
    ...(name === servicePortNameH2C ? { appProtocol: appProtocolH2C } : {}),
  }
}
