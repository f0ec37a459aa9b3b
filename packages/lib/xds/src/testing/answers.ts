import type { DiscoveryRequest, DiscoveryResponse } from '../envoy/discovery.ts'

/** The request with which a gateway accepts a response. */
export function accept(response: DiscoveryResponse, resourceNames: readonly string[] = []): DiscoveryRequest {
  return {
    typeUrl: response.typeUrl,
    versionInfo: response.versionInfo,
    responseNonce: response.nonce,
    resourceNames,
  }
}

/** The request with which a gateway refuses a response. */
export function refuse(
  response: DiscoveryResponse,
  message: string,
  resourceNames: readonly string[] = [],
): DiscoveryRequest {
  return {
    typeUrl: response.typeUrl,
    responseNonce: response.nonce,
    resourceNames,
    errorDetail: { code: 13, message },
  }
}
