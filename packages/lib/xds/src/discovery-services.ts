import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js'
import { DiscoveryRequest, type DiscoveryRequest as Request } from './envoy/discovery.ts'

/** One bidirectional stream; responses pass through the codec as bytes already encoded. */
function discoveryStream(path: string): MethodDefinition<Request, Uint8Array> {
  return {
    path,
    requestStream: true,
    responseStream: true,
    requestSerialize: (request) => Buffer.from(DiscoveryRequest.encode(request)),
    requestDeserialize: (bytes) => DiscoveryRequest.decode(bytes),
    responseSerialize: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
    responseDeserialize: (bytes) => bytes,
  }
}

/** The state-of-the-world streams a gateway may open: aggregated, or one per resource type. */
export const discoveryServices: readonly ServiceDefinition[] = [
  {
    stream: discoveryStream(
      '/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources',
    ),
  },
  { stream: discoveryStream('/envoy.service.cluster.v3.ClusterDiscoveryService/StreamClusters') },
  { stream: discoveryStream('/envoy.service.listener.v3.ListenerDiscoveryService/StreamListeners') },
  { stream: discoveryStream('/envoy.service.route.v3.RouteDiscoveryService/StreamRoutes') },
]
