import { dataPlaneRoutingSAN, dataPlaneUserSAN } from '@knative-ts/apis'
import {
  type Cluster,
  HttpProtocolOptions,
  httpProtocolOptionsKey,
  pack,
  type TransportSocket,
  UpstreamTlsContext,
} from '@knative-ts/xds'
import type { Backend } from '../ingress/backend.ts'
import { tlsTransportSocketName } from './names.ts'

const connectTimeout = '5s'
/** Envoy would otherwise retry only three requests of a cluster at a time; see `retryPolicy` of the routes. */
const circuitBreakers = { thresholds: [{ maxRetries: 10_000 }] }

export interface ClusterOptions {
  readonly http2: boolean
  /** TLS to the backend; undefined means plaintext. */
  readonly tls: { readonly trustedCA: Uint8Array; readonly serviceNamespace: string } | undefined
}

/** The cluster of a backend. */
export function backendCluster(name: string, backend: Backend, options: ClusterOptions): Cluster {
  const addresses = backend.kind === 'dns' ? [backend.hostname] : backend.addresses
  return {
    name,
    type: backend.kind === 'dns' ? 'LOGICAL_DNS' : 'STATIC',
    connectTimeout,
    circuitBreakers,
    loadAssignment: loadAssignment(name, addresses, backend.port),
    typedExtensionProtocolOptions: options.http2 ? http2 : http1,
    ...(options.tls ? { transportSocket: upstreamTLS(options.tls, options.http2) } : {}),
  }
}

/** The cluster of a service that the gateway itself talks to (authorization, tracing). */
export function serviceCluster(
  name: string,
  host: string,
  port: number,
  options: { http2: boolean },
): Cluster {
  return {
    name,
    type: 'STRICT_DNS',
    connectTimeout,
    loadAssignment: loadAssignment(name, [host], port),
    ...(options.http2 ? { typedExtensionProtocolOptions: http2 } : {}),
  }
}

/** Envoy would otherwise drop trailers. */
const http1 = {
  [httpProtocolOptionsKey]: pack(HttpProtocolOptions, {
    explicitHttpConfig: { httpProtocolOptions: { enableTrailers: true } },
  }),
}
const http2 = {
  [httpProtocolOptionsKey]: pack(HttpProtocolOptions, { explicitHttpConfig: { http2ProtocolOptions: {} } }),
}

function loadAssignment(
  clusterName: string,
  addresses: readonly string[],
  portValue: number,
): Cluster['loadAssignment'] {
  return {
    clusterName,
    endpoints: [
      {
        lbEndpoints: addresses.map((address) => ({
          endpoint: { address: { socketAddress: { address, portValue, ipv4Compat: true } } },
        })),
      },
    ],
  }
}

function upstreamTLS(tls: NonNullable<ClusterOptions['tls']>, http2: boolean): TransportSocket {
  const names = [dataPlaneRoutingSAN, dataPlaneUserSAN(tls.serviceNamespace)]
  return {
    name: tlsTransportSocketName,
    typedConfig: pack(UpstreamTlsContext, {
      commonTlsContext: {
        tlsParams: { tlsMinimumProtocolVersion: 'TLSv1_3', tlsMaximumProtocolVersion: 'TLSv1_3' },
        ...(http2 ? { alpnProtocols: ['h2'] } : {}),
        validationContext: {
          trustedCa: { inlineBytes: tls.trustedCA },
          matchTypedSubjectAltNames: names.map((exact) => ({ sanType: 'DNS' as const, matcher: { exact } })),
        },
      },
    }),
  }
}
