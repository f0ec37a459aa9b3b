import type { ServerlessService, V1EndpointSubset, V1Endpoints } from '@knative-ts/apis'
import { activatorSubsets, readyAddressCount, requestPortsOnly } from './resources/endpoints.ts'

/** Where requests to a revision go, and what that means for its status. */
export interface Backing {
  readonly subsets: V1EndpointSubset[]
  /** Whether the revision has pods that answer, be they used or not. */
  readonly hasReadyPods: boolean
  /** Whether the activator is meant to be in the path. */
  readonly backedByActivator: boolean
}

/**
 * Sends requests to the pods if they are ready and meant to be reached directly, else to the activator; and to
 * whichever pods there are if no activator is ready.
 */
export function decideBacking(
  sks: ServerlessService,
  privateEndpoints: V1Endpoints,
  activatorEndpoints: V1Endpoints,
): Backing {
  const hasReadyPods = readyAddressCount(privateEndpoints) > 0
  const wantsProxy = sks.spec.mode === 'Proxy' || !hasReadyPods
  const proxies = wantsProxy && readyAddressCount(activatorEndpoints) > 0
  const source = proxies
    ? activatorSubsets(activatorEndpoints, sks.metadata.name ?? '', sks.spec.numActivators ?? 0)
    : (privateEndpoints.subsets ?? [])
  return {
    subsets: requestPortsOnly(sks, source),
    hasReadyPods,
    backedByActivator: wantsProxy,
  }
}
