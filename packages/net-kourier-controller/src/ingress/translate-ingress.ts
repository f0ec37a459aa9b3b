import {
  disableHTTP2AnnotationKey,
  type Ingress,
  type IngressPath,
  type IngressRule,
  type IngressSplit,
  type IngressVisibility,
  keyOf,
  servingRoutingCertName,
  type V1Service,
} from '@knative-ts/apis'
import { Cluster, type PackedResource, packResource, type Route, VirtualHost } from '@knative-ts/xds'
import type { KourierConfig } from '../config/kourier-config.ts'
import { backendCluster, type ClusterOptions } from '../envoy/cluster.ts'
import type { SniMatch } from '../envoy/listeners.ts'
import { clusterName, forwardingRoute, redirectRoute } from '../envoy/route.ts'
import { virtualHost } from '../envoy/virtual-host.ts'
import { TranslationError } from '../errors.ts'
import { resolveBackend, speaksHTTP2 } from './backend.ts'
import { checkGatewayRules } from './check-gateway-rules.ts'
import type { ClusterView, DependencyId } from './cluster-view.ts'
import { ingressHash } from './ingress-hash.ts'
import { keyPairOf } from './key-pair.ts'
import { withProbePaths } from './probe-paths.ts'
import { tlsEntriesFor } from './tls-entries.ts'
import type { HostGroup, Translation } from './translation.ts'
import { buildTrustChain } from './trust-chain.ts'

export interface TranslationContext {
  readonly view: ClusterView
  readonly config: KourierConfig
  readonly systemNamespace: string
  /** Backends speak TLS. */
  readonly systemInternalTLS: boolean
  /** `httpOption: Redirected` is to be ignored. */
  readonly redirectsDisabled: boolean
  /** Told of every object that is read, also of those that do not exist. */
  readonly onDependency: (id: DependencyId) => void
  /** Told what was left out of the trust chain. */
  readonly onSkippedCertificate: (source: string, problem: string) => void
}

const acmeChallengePrefix = '/.well-known/acme-challenge/'

/**
 * Turns an Ingress into gateway configuration.
 * @param ingress with defaults applied
 * @returns undefined while a backend is missing or has no ready address
 * @throws TranslationError, XdsEncodeError
 */
export function translateIngress(ingress: Ingress, context: TranslationContext): Translation | undefined {
  const { namespace = '', name = '' } = ingress.metadata
  checkGatewayRules(ingress.spec)
  const spec = withProbePaths(ingress.spec, ingressHash(ingress.spec, namespace, name))
  const externalSni = sniMatches(ingress, 'ExternalIP', context)
  const internalSni = sniMatches(ingress, 'ClusterLocal', context)
  const clusters = new Map<string, PackedResource>()
  const hosts: Record<HostGroup, HostTable> = {
    external: new HostTable(),
    internal: new HostTable(),
    externalTLS: new HostTable(),
    internalTLS: new HostTable(),
  }
  const securesHosts = (spec.tls ?? []).length > 0 || context.config.externalCertSecret !== undefined

  for (const rule of spec.rules ?? []) {
    const ruleHosts = hostsOf(rule)
    const isExternal = (rule.visibility ?? 'ExternalIP') === 'ExternalIP'
    const plain: Route[] = []
    const secure: Route[] = []
    for (const path of rule.http?.paths ?? []) {
      for (const split of path.splits) {
        const cluster = translateBackend(ingress, path, split, context)
        if (!cluster) return undefined
        clusters.set(cluster.name, cluster)
      }
      const route = routesOf(
        `(${namespace}/${name}).Domain[${ruleHosts[0]}].Paths[${path.path || '/'}]`,
        path,
        {
          redirected: isExternal && spec.httpOption === 'Redirected' && !context.redirectsDisabled,
          authorized: context.config.externalAuthorization !== undefined,
        },
      )
      plain.push(route.plain)
      secure.push(route.secure)
    }
    const visibility = isExternal ? 'ExternalIP' : 'ClusterLocal'
    hosts.internal.add(ruleHosts, visibility, plain)
    if (isExternal) hosts.external.add(ruleHosts, visibility, plain)
    if (securesHosts) (isExternal ? hosts.externalTLS : hosts.internalTLS).add(ruleHosts, visibility, secure)
  }

  const encode = (table: HostTable) =>
    table
      .entries()
      .map(({ host, visibility, routes }) =>
        VirtualHost.encode(
          virtualHost(
            `(${namespace}/${name}).Domain[${host}]`,
            host,
            routes,
            context.config.externalAuthorization
              ? { client: 'kourier', visibility, ...ingress.metadata.labels }
              : undefined,
          ),
        ),
      )
  return {
    key: keyOf(ingress),
    hosts: [...new Set((spec.rules ?? []).flatMap(hostsOf))],
    clusters: [...clusters.values()],
    virtualHosts: {
      external: encode(hosts.external),
      internal: encode(hosts.internal),
      externalTLS: encode(hosts.externalTLS),
      internalTLS: encode(hosts.internalTLS),
    },
    externalSni,
    internalSni,
  }
}

/** Routes by host; rules that name the same host share one entry. */
class HostTable {
  readonly #byHost = new Map<string, { visibility: IngressVisibility; routes: Route[] }>()

  add(hosts: readonly string[], visibility: IngressVisibility, routes: readonly Route[]): void {
    for (const host of hosts) {
      const entry = this.#byHost.get(host) ?? { visibility, routes: [] }
      entry.routes.push(...routes)
      this.#byHost.set(host, entry)
    }
  }

  entries(): { host: string; visibility: IngressVisibility; routes: readonly Route[] }[] {
    return [...this.#byHost].map(([host, entry]) => ({ host, ...entry }))
  }
}

/** Gateways do not tell hosts apart by case. */
function hostsOf(rule: IngressRule): readonly string[] {
  return rule.hosts && rule.hosts.length > 0 ? rule.hosts.map((host) => host.toLowerCase()) : ['*']
}

function routesOf(
  name: string,
  path: IngressPath,
  options: { redirected: boolean; authorized: boolean },
): { plain: Route; secure: Route } {
  const isChallenge = options.authorized && (path.path ?? '').startsWith(acmeChallengePrefix)
  const forward = forwardingRoute(name, path, { skipsAuthorization: isChallenge })
  return {
    plain: options.redirected && !isChallenge ? redirectRoute(name, path) : forward,
    secure: forward,
  }
}

function translateBackend(
  ingress: Ingress,
  path: IngressPath,
  split: IngressSplit,
  context: TranslationContext,
): PackedResource | undefined {
  const { view, onDependency } = context
  const { serviceNamespace: namespace, serviceName: name } = split
  onDependency(`service/${namespace}/${name}`)
  const service = view.service(namespace, name)
  if (!service) return undefined
  if (service.spec?.type !== 'ExternalName') onDependency(`endpoints/${namespace}/${name}`)
  const backend = resolveBackend(split, service, view.endpointSlices(namespace, name))
  if (!backend) return undefined
  const cluster = clusterName(namespace, name)
  const options: ClusterOptions = {
    http2: usesHTTP2(ingress, service),
    tls:
      context.systemInternalTLS && !path.rewriteHost
        ? { trustedCA: trustedCA(context), serviceNamespace: namespace }
        : undefined,
  }
  return packResource(Cluster, cluster, backendCluster(cluster, backend, options))
}

function usesHTTP2(ingress: Ingress, service: V1Service): boolean {
  const disabled = ingress.metadata.annotations?.[disableHTTP2AnnotationKey]?.toLowerCase() === 'true'
  return !disabled && speaksHTTP2(service)
}

function trustedCA({
  view,
  systemNamespace,
  onDependency,
  onSkippedCertificate,
}: TranslationContext): Uint8Array {
  onDependency(`secret/${systemNamespace}/${servingRoutingCertName}`)
  const secret = view.secret(systemNamespace, servingRoutingCertName)
  if (!secret) {
    throw new TranslationError(
      `failed to fetch Secret ${systemNamespace}/${servingRoutingCertName}: ${notFound(servingRoutingCertName)}`,
    )
  }
  return buildTrustChain(secret, view.trustBundles(), onSkippedCertificate)
}

function sniMatches(
  ingress: Ingress,
  visibility: IngressVisibility,
  context: TranslationContext,
): SniMatch[] {
  return tlsEntriesFor(ingress.spec, visibility).map((entry) => {
    const { secretNamespace: namespace = '', secretName: name = '' } = entry
    context.onDependency(`secret/${namespace}/${name}`)
    const secret = context.view.secret(namespace, name)
    if (!secret)
      throw new TranslationError(`failed to translate ingressTLS: failed to fetch secret: ${notFound(name)}`)
    try {
      return {
        ...keyPairOf(secret),
        hosts: (entry.hosts ?? []).map((host) => host.toLowerCase()),
        secret: `${namespace}/${name}`,
      }
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      throw new TranslationError(`failed to translate ingressTLS: invalid secret is specified: ${problem}`, {
        cause: error,
      })
    }
  })
}

function notFound(secretName: string): string {
  return `secret "${secretName}" not found`
}
