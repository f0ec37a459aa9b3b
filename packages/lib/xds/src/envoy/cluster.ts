import {
  any,
  duration,
  enumeration,
  field,
  type MessageValue,
  map,
  message,
  repeated,
  string,
  uint32Value,
} from '../protobuf/index.ts'
import { Address, Http1ProtocolOptions, Http2ProtocolOptions, TransportSocket } from './core.ts'

const Endpoint = message('envoy.config.endpoint.v3.Endpoint', { address: field(1, Address) })

const LbEndpoint = message('envoy.config.endpoint.v3.LbEndpoint', { endpoint: field(1, Endpoint) })

const LocalityLbEndpoints = message('envoy.config.endpoint.v3.LocalityLbEndpoints', {
  lbEndpoints: repeated(2, LbEndpoint),
})

export const ClusterLoadAssignment = message('envoy.config.endpoint.v3.ClusterLoadAssignment', {
  clusterName: field(1, string),
  endpoints: repeated(2, LocalityLbEndpoints),
})
export type ClusterLoadAssignment = MessageValue<typeof ClusterLoadAssignment.fields>

const CircuitBreakers = message('envoy.config.cluster.v3.CircuitBreakers', {
  thresholds: repeated(
    1,
    message('envoy.config.cluster.v3.CircuitBreakers.Thresholds', { maxRetries: field(5, uint32Value) }),
  ),
})

export const Cluster = message('envoy.config.cluster.v3.Cluster', {
  name: field(1, string),
  type: field(
    2,
    enumeration('envoy.config.cluster.v3.Cluster.DiscoveryType', {
      STATIC: 0,
      STRICT_DNS: 1,
      LOGICAL_DNS: 2,
      EDS: 3,
      ORIGINAL_DST: 4,
    }),
  ),
  connectTimeout: field(4, duration),
  circuitBreakers: field(10, CircuitBreakers),
  transportSocket: field(24, TransportSocket),
  loadAssignment: field(33, ClusterLoadAssignment),
  typedExtensionProtocolOptions: map(36, any),
})
export type Cluster = MessageValue<typeof Cluster.fields>

const ExplicitHttpConfig = message(
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig',
  {
    httpProtocolOptions: field(1, Http1ProtocolOptions),
    http2ProtocolOptions: field(2, Http2ProtocolOptions),
  },
)

/** Upstream protocol of a cluster; goes under the key `httpProtocolOptionsKey`. */
export const HttpProtocolOptions = message('envoy.extensions.upstreams.http.v3.HttpProtocolOptions', {
  explicitHttpConfig: field(3, ExplicitHttpConfig),
})
export const httpProtocolOptionsKey = HttpProtocolOptions.protoType
