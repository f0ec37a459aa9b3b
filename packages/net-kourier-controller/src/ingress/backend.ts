import type { IngressSplit, V1EndpointSlice, V1Service, V1ServicePort } from '@knative-ts/apis'

/** Where a split's requests go. */
export type Backend =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[]; readonly port: number }
  | { readonly kind: 'dns'; readonly hostname: string; readonly port: number }

const defaultPort = 80

/** The backend of a split, or undefined while no address of it is ready. */
export function resolveBackend(
  split: IngressSplit,
  service: V1Service,
  slices: readonly V1EndpointSlice[],
): Backend | undefined {
  const port = servicePortOf(split, service)
  if (service.spec?.type === 'ExternalName') {
    const hostname = service.spec.externalName
    return hostname ? { kind: 'dns', hostname, port: port?.port ?? defaultPort } : undefined
  }
  const addresses = readyAddresses(slices)
  if (addresses.length === 0) return undefined
  return { kind: 'addresses', addresses, port: port ? targetPortOf(port, slices) : defaultPort }
}

/** Whether the Service's pods speak HTTP/2, which the names of its ports tell. */
export function speaksHTTP2(service: V1Service): boolean {
  return (service.spec?.ports ?? []).some(({ name }) => name === 'http2' || name === 'h2c')
}

/** Distinct ready addresses of IPv4 and IPv6 slices, sorted. An endpoint that says nothing counts as ready. */
export function readyAddresses(slices: readonly V1EndpointSlice[]): string[] {
  const addresses = new Set<string>()
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4' && slice.addressType !== 'IPv6') continue
    for (const endpoint of slice.endpoints ?? []) {
      if (endpoint.conditions?.ready === false) continue
      for (const address of endpoint.addresses) addresses.add(address)
    }
  }
  return [...addresses].sort()
}

function servicePortOf(split: IngressSplit, service: V1Service): V1ServicePort | undefined {
  return service.spec?.ports?.findLast(
    ({ port, name }) => port === split.servicePort || name === split.servicePort,
  )
}

function targetPortOf(port: V1ServicePort, slices: readonly V1EndpointSlice[]): number {
  if (typeof port.targetPort === 'number') return port.targetPort
  if (port.targetPort === undefined) return port.port
  const numeric = Number(port.targetPort)
  if (Number.isInteger(numeric)) return numeric
  const named = slices
    .flatMap((slice) => slice.ports ?? [])
    .find(({ name }) => (name ?? '') === (port.name ?? ''))
  return named?.port ?? port.port
}
