import { type Cluster, ExtAuthz, type HttpFilter, pack } from '@knative-ts/xds'
import type { ExtAuthzConfig } from '../config/ext-authz-config.ts'
import { serviceCluster } from './cluster.ts'
import { extAuthzClusterName, extAuthzFilterName } from './names.ts'

const clientHeader = { key: 'client', value: 'kourier' }

/** The filter that asks for permission. */
export function extAuthzFilter(config: ExtAuthzConfig): HttpFilter {
  const timeout = `${config.timeoutMs / 1000}s`
  const service =
    config.protocol === 'grpc'
      ? {
          grpcService: {
            envoyGrpc: { clusterName: extAuthzClusterName },
            timeout,
            initialMetadata: [clientHeader],
          },
        }
      : {
          httpService: {
            serverUri: {
              uri: `${config.protocol}://${config.host}:${config.port}`,
              cluster: extAuthzClusterName,
              timeout,
            },
            ...(config.pathPrefix ? { pathPrefix: config.pathPrefix } : {}),
            authorizationRequest: { headersToAdd: [clientHeader] },
          },
        }
  return {
    name: extAuthzFilterName,
    typedConfig: pack(ExtAuthz, {
      ...service,
      transportApiVersion: 'V3',
      failureModeAllow: config.failureModeAllow,
      withRequestBody: {
        maxRequestBytes: config.maxRequestBodyBytes,
        allowPartialMessage: true,
        packAsBytes: config.packAsBytes,
      },
      clearRouteCache: false,
    }),
  }
}

/** The authorization service itself. */
export function extAuthzCluster(config: ExtAuthzConfig): Cluster {
  return serviceCluster(extAuthzClusterName, config.host, config.port, { http2: config.protocol === 'grpc' })
}
