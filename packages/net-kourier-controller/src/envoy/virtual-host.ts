import { ExtAuthzPerRoute, pack, type Route, type VirtualHost } from '@knative-ts/xds'
import { extAuthzFilterName, statsClusterName, statusHost } from './names.ts'
import { byPrefixLength } from './route.ts'

/** A host with its routes; matches with and without a port. */
export function virtualHost(
  name: string,
  host: string,
  routes: readonly Route[],
  authorizationContext: Readonly<Record<string, string>> | undefined,
): VirtualHost {
  return {
    name,
    domains: [host, `${host}:*`],
    routes: byPrefixLength(routes),
    ...(authorizationContext
      ? {
          typedPerFilterConfig: {
            [extAuthzFilterName]: pack(ExtAuthzPerRoute, {
              checkSettings: { contextExtensions: authorizationContext },
            }),
          },
        }
      : {}),
  }
}

/** What the gateway's own readiness probe asks: it answers only when configuration has arrived. */
export const statusVirtualHost: VirtualHost = {
  name: statusHost,
  domains: [statusHost],
  routes: [
    {
      name: 'gateway_ready',
      match: { prefix: '/ready' },
      route: { weightedClusters: { clusters: [{ name: statsClusterName, weight: 100 }] }, timeout: '1s' },
    },
  ],
}

/** The status host with authorization switched off, needed only where the filter is installed. */
export const openStatusVirtualHost: VirtualHost = {
  ...statusVirtualHost,
  typedPerFilterConfig: { [extAuthzFilterName]: pack(ExtAuthzPerRoute, { disabled: true }) },
}
