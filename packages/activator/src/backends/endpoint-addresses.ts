import {
  type ProtocolType,
  servicePortNameH2C,
  servicePortNameHTTP1,
  type V1Endpoints,
} from '@knative-ts/apis'
import { hostPort } from './host-port.ts'

/** Addresses of a revision's pods as `ip:port`, by what Kubernetes thinks of them. */
export interface EndpointAddresses {
  readonly ready: ReadonlySet<string>
  readonly notReady: ReadonlySet<string>
}

export const noAddresses: EndpointAddresses = { ready: new Set(), notReady: new Set() }

/** Name of the Service port that carries a revision's requests. */
export function requestPortName(protocol: ProtocolType): string {
  return protocol === 'h2c' ? servicePortNameH2C : servicePortNameHTTP1
}

/**
 * Reads the addresses of an Endpoints object whose port is called `portName`. An address listed both ready
 * and not ready counts as ready.
 */
export function endpointAddresses(endpoints: V1Endpoints | undefined, portName: string): EndpointAddresses {
  if (!endpoints?.subsets?.length) return noAddresses
  const ready = new Set<string>()
  const notReady = new Set<string>()
  for (const subset of endpoints.subsets) {
    const port = subset.ports?.find((candidate) => candidate.name === portName)?.port
    if (port === undefined) continue
    for (const { ip } of subset.addresses ?? []) ready.add(hostPort(ip, port))
    for (const { ip } of subset.notReadyAddresses ?? []) notReady.add(hostPort(ip, port))
  }
  for (const dest of ready) notReady.delete(dest)
  return { ready, notReady }
}

/** This activator's position among those that serve a revision. */
export interface ActivatorPosition {
  readonly self: number
  readonly activators: number
}

/**
 * Finds `podIP` among the ready addresses of a revision's public Endpoints, sorted as strings so that all
 * activators see the same order. Undefined when it isn't there: the revision is served by its own pods, or
 * by other activators.
 */
export function activatorPosition(
  endpoints: V1Endpoints | undefined,
  portName: string,
  podIP: string,
): ActivatorPosition | undefined {
  const ips = new Set<string>()
  for (const subset of endpoints?.subsets ?? []) {
    if (!subset.ports?.some((port) => port.name === portName)) continue
    for (const { ip } of subset.addresses ?? []) ips.add(ip)
  }
  if (!ips.has(podIP)) return undefined
  let self = 0
  for (const ip of ips) if (ip < podIP) self++
  return { self, activators: ips.size }
}
