import { Cluster, Listener, RouteConfiguration, type SnapshotCache, VirtualHost } from '@knative-ts/xds'
import { gatewayNodeId } from '../envoy/names.ts'

/** A snapshot in the JSON form that Envoy itself reads, for people and for comparison. */
export function readableSnapshot(cache: SnapshotCache): Record<string, unknown> {
  const bytesOf = (typeUrl: string) => cache.resources(gatewayNodeId, typeUrl).map(({ value }) => value)
  return {
    clusters: plain(bytesOf(Cluster.typeUrl).map((bytes) => Cluster.decode(bytes))),
    listeners: plain(bytesOf(Listener.typeUrl).map((bytes) => Listener.decode(bytes))),
    routes: plain(
      bytesOf(RouteConfiguration.typeUrl)
        .map((bytes) => RouteConfiguration.decode(bytes))
        .map(({ virtualHosts = [], ...rest }) => ({
          ...rest,
          virtualHosts: virtualHosts.map((bytes) => VirtualHost.decode(bytes)),
        })),
    ),
  }
}

/** Bytes as base64. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
}
