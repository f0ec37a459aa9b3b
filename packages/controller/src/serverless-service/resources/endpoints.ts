import {
  backendHTTPSPort,
  type ServerlessService,
  type V1EndpointSubset,
  type V1Endpoints,
} from '@knative-ts/apis'
import { chooseSubset } from '@knative-ts/kube'
import { backendPortOf, makeChildMeta } from './services.ts'

/** The Endpoints of the public Service, with these addresses behind it. */
export function makePublicEndpoints(sks: ServerlessService, subsets: V1EndpointSubset[]): V1Endpoints {
  return { metadata: makeChildMeta(sks, sks.metadata.name ?? '', 'Public'), subsets }
}

/** The subsets with no ports but those that take requests. */
export function requestPortsOnly(
  sks: ServerlessService,
  subsets: readonly V1EndpointSubset[],
): V1EndpointSubset[] {
  const wanted = new Set([backendHTTPSPort, backendPortOf(sks)])
  return subsets.map((subset) => ({
    ...subset,
    ports: (subset.ports ?? []).filter(({ port }) => wanted.has(port)),
  }))
}

/** Addresses that are ready to take requests. */
export function readyAddressCount(endpoints: V1Endpoints): number {
  return (endpoints.subsets ?? []).reduce((count, subset) => count + (subset.addresses?.length ?? 0), 0)
}

/**
 * The activators that serve one revision: `count` of them, chosen so that the choice changes little as
 * activators come and go; all for 0. Order and what is not ready are kept.
 */
export function activatorSubsets(
  activator: V1Endpoints,
  revision: string,
  count: number,
): V1EndpointSubset[] {
  const subsets = activator.subsets ?? []
  const ips = new Set(subsets.flatMap(({ addresses = [] }) => addresses.map(({ ip }) => ip)))
  if (count === 0 || ips.size <= count) return subsets
  const chosen = new Set(chooseSubset(ips, count, revision))
  return subsets
    .map((subset) => ({ ...subset, addresses: subset.addresses?.filter(({ ip }) => chosen.has(ip)) }))
    .filter(({ addresses = [] }) => addresses.length > 0)
}
