import { field, int32, type MessageValue, message, PackedBytes, repeated, string } from '../protobuf/index.ts'
import { Node } from './core.ts'

const Status = message('google.rpc.Status', { code: field(1, int32), message: field(2, string) })

/** What a gateway sends: a subscription, an acceptance or, with `errorDetail`, a refusal. */
export const DiscoveryRequest = message('envoy.service.discovery.v3.DiscoveryRequest', {
  versionInfo: field(1, string),
  node: field(2, Node),
  resourceNames: repeated(3, string),
  typeUrl: field(4, string),
  responseNonce: field(5, string),
  errorDetail: field(6, Status),
})
export type DiscoveryRequest = MessageValue<typeof DiscoveryRequest.fields>

export const DiscoveryResponse = message('envoy.service.discovery.v3.DiscoveryResponse', {
  versionInfo: field(1, string),
  resources: repeated(2, PackedBytes),
  typeUrl: field(4, string),
  nonce: field(5, string),
})
export type DiscoveryResponse = MessageValue<typeof DiscoveryResponse.fields>
