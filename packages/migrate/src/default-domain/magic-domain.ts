import type { V1Service } from '@knative-ts/apis'

/** Where a load balancer is reached: by one of the two. */
export interface GatewayAddress {
  readonly ip?: string
  readonly hostname?: string
}

/** The address of a Service's load balancer, undefined while there is none. */
export function gatewayAddress(service: V1Service): GatewayAddress | undefined {
  const [first] = service.status?.loadBalancer?.ingress ?? []
  if (!first) return undefined
  return { ...(first.ip ? { ip: first.ip } : {}), ...(first.hostname ? { hostname: first.hostname } : {}) }
}

/**
 * A name below a DNS service that resolves every name to the address it contains: `1.2.3.4.sslip.io`. sslip.io writes
 * IPv6 addresses with dashes.
 */
export function magicDomain(ip: string, magicDNS: string): string {
  return `${magicDNS === 'sslip.io' ? ip.replaceAll(':', '-') : ip}.${magicDNS}`
}

/** Namespace and name of the Service that a cluster name like `kourier.kourier-system.svc.cluster.local` belongs to. */
export function serviceOfHost(host: string): { namespace: string; name: string } | undefined {
  const [name, namespace] = host.split('.')
  return name && namespace ? { namespace, name } : undefined
}
