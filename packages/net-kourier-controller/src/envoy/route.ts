import type { IngressPath } from '@knative-ts/apis'
import { ExtAuthzPerRoute, type HeaderMatcher, pack, type Route } from '@knative-ts/xds'
import { headersToSet } from './headers.ts'
import { extAuthzFilterName } from './names.ts'

/**
 * A request that reached no backend is tried again, about a second long, so that a backend which restarts or
 * goes away costs nobody a 503. Answers are never retried, whatever their status.
 */
const retryPolicy = {
  retryOn: 'connect-failure',
  numRetries: 12,
  retryBackOff: { baseInterval: '0.025s', maxInterval: '0.250s' },
}
/** What Envoy keeps of a request's body for that; one with a longer body is not tried again. */
const perRequestBufferLimitBytes = 65_536

/** A path's route to its weighted backends. */
export function forwardingRoute(
  name: string,
  path: IngressPath,
  options: { skipsAuthorization: boolean },
): Route {
  const added = headersToSet(path.appendHeaders)
  return {
    name,
    match: matchOf(path),
    route: {
      weightedClusters: {
        clusters: path.splits.map((split) => {
          const headers = headersToSet(split.appendHeaders)
          return {
            name: clusterName(split.serviceNamespace, split.serviceName),
            weight: split.percent ?? 0,
            ...(headers.length > 0 ? { requestHeadersToAdd: headers } : {}),
          }
        }),
      },
      timeout: '0s',
      retryPolicy,
      upgradeConfigs: [{ upgradeType: 'websocket', enabled: true }],
      ...(path.rewriteHost ? { hostRewriteLiteral: path.rewriteHost } : {}),
    },
    perRequestBufferLimitBytes,
    ...(added.length > 0 ? { requestHeadersToAdd: added } : {}),
    ...(options.skipsAuthorization
      ? { typedPerFilterConfig: { [extAuthzFilterName]: pack(ExtAuthzPerRoute, { disabled: true }) } }
      : {}),
  }
}

/** A path's redirect to https (301). */
export function redirectRoute(name: string, path: IngressPath): Route {
  const added = headersToSet(path.appendHeaders)
  return {
    name,
    match: matchOf(path),
    redirect: { httpsRedirect: true },
    ...(added.length > 0 ? { requestHeadersToAdd: added } : {}),
  }
}

/** Longest prefix first; equal ones keep their order. */
export function byPrefixLength(routes: readonly Route[]): Route[] {
  return [...routes].sort((a, b) => (b.match?.prefix?.length ?? 0) - (a.match?.prefix?.length ?? 0))
}

/** Gateway-wide name of a Service's cluster; its port is not part of it. */
export function clusterName(namespace: string, service: string): string {
  return `${namespace}/${service}`
}

function matchOf(path: IngressPath): Route['match'] {
  const headers: HeaderMatcher[] = Object.keys(path.headers ?? {})
    .sort()
    .map((name) => {
      const exact = path.headers?.[name]?.exact
      return exact ? { name, stringMatch: { exact } } : { name, presentMatch: true }
    })
  return { prefix: path.path || '/', ...(headers.length > 0 ? { headers } : {}) }
}
