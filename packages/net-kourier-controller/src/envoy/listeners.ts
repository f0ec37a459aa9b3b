import {
  type FilterChain,
  type Listener,
  type ListenerFilter,
  ProxyProtocol,
  pack,
  TlsInspector,
} from '@knative-ts/xds'
import type { KourierConfig } from '../config/kourier-config.ts'
import type { KeyPair } from '../ingress/key-pair.ts'
import { downstreamTLS } from './downstream-tls.ts'
import { httpConnectionManager } from './http-connection-manager.ts'
import * as names from './names.ts'

/** A certificate and the server names it answers for. */
export interface SniMatch extends KeyPair {
  readonly hosts: readonly string[]
  /** `namespace/name` of the Secret. */
  readonly secret: string
}

/** Certificates of one visibility. */
export interface Certificates {
  readonly sni: readonly SniMatch[]
  /** The one certificate for every other server name. */
  readonly single: KeyPair | undefined
}

export interface ListenerInputs {
  readonly config: KourierConfig
  readonly external: Certificates
  readonly internal: Certificates
}

/** Whether there is anything to serve TLS with. */
export function hasTLS({ sni, single }: Certificates): boolean {
  return sni.length > 0 || single !== undefined
}

/** All listeners of a gateway. */
export function buildListeners({ config, external, internal }: ListenerInputs): Listener[] {
  const proxied = config.enableProxyProtocol
  const plain = (port: number, routes: string, proxyProtocol: boolean) =>
    listener(port, config, [{ filters: [httpConnectionManager(routes, config)] }], { proxyProtocol })
  const secure = (port: number, routes: string, certificates: Certificates, proxyProtocol: boolean) =>
    listener(port, config, filterChains(routes, certificates, config), {
      proxyProtocol,
      inspectsTLS: certificates.sni.length > 0,
    })

  const listeners = [
    plain(names.httpPortExternal, names.externalRouteConfig, proxied),
    plain(names.httpPortInternal, names.internalRouteConfig, false),
    plain(names.httpPortProbe, names.externalRouteConfig, false),
  ]
  if (hasTLS(external)) {
    const probedRoutes = external.sni.length > 0 ? names.externalRouteConfig : names.externalTLSRouteConfig
    listeners.push(
      secure(names.httpsPortExternal, names.externalTLSRouteConfig, external, proxied),
      secure(names.httpsPortProbe, probedRoutes, external, false),
    )
  } else if (internal.sni.length > 0) {
    listeners.push(secure(names.httpsPortProbe, names.internalRouteConfig, internal, false))
  }
  if (hasTLS(internal)) {
    listeners.push(secure(names.httpsPortInternal, names.internalTLSRouteConfig, internal, proxied))
  }
  return listeners
}

function filterChains(routes: string, { sni, single }: Certificates, config: KourierConfig): FilterChain[] {
  const filters = [httpConnectionManager(routes, config)]
  const chains: FilterChain[] = mergeBySecret(sni).map((match) => ({
    filterChainMatch: { serverNames: match.hosts },
    filters,
    transportSocket: downstreamTLS(match, config, { cryptoMB: false }),
  }))
  if (single) {
    chains.push({
      filters,
      transportSocket: downstreamTLS(single, config, { cryptoMB: config.enableCryptoMB }),
    })
  }
  return chains
}

/**
 * One match per Secret with the hosts of all, sorted; a host that two Secrets claim goes to the first, since
 * a gateway refuses a listener in which a server name occurs twice.
 */
function mergeBySecret(matches: readonly SniMatch[]): SniMatch[] {
  const claimed = new Set<string>()
  const bySecret = new Map<string, { match: SniMatch; hosts: string[] }>()
  for (const match of matches) {
    const entry = bySecret.get(match.secret) ?? { match, hosts: [] }
    bySecret.set(match.secret, entry)
    for (const host of match.hosts) {
      if (claimed.has(host)) continue
      claimed.add(host)
      entry.hosts.push(host)
    }
  }
  return [...bySecret.values()]
    .filter(({ hosts }) => hosts.length > 0)
    .map(({ match, hosts }) => ({ ...match, hosts: hosts.sort() }))
}

function listener(
  port: number,
  config: KourierConfig,
  filterChains: readonly FilterChain[],
  options: { proxyProtocol: boolean; inspectsTLS?: boolean },
): Listener {
  const [first, ...rest] = config.listenIPAddresses.map((address) => ({
    socketAddress: { address, portValue: port },
  }))
  const listenerFilters: ListenerFilter[] = []
  if (options.proxyProtocol) {
    listenerFilters.push({
      name: 'envoy.filters.listener.proxy_protocol',
      typedConfig: pack(ProxyProtocol, {}),
    })
  }
  if (options.inspectsTLS) {
    listenerFilters.push({
      name: 'envoy.filters.listener.tls_inspector',
      typedConfig: pack(TlsInspector, {}),
    })
  }
  return {
    name: `listener_${port}`,
    address: first!,
    filterChains,
    ...(listenerFilters.length > 0 ? { listenerFilters } : {}),
    ...(rest.length > 0 ? { additionalAddresses: rest.map((address) => ({ address })) } : {}),
  }
}
