import {
  type Certificate,
  certificates,
  certificateTypeLabelKey,
  conditionOf,
  disableExternalDomainTLSAnnotationKeys,
  firstAnnotation,
  type IngressTLS,
  isControlledBy,
  markCertificateNotOwned,
  markCertificateProvisionFailed,
  markTLSNotEnabled,
  type Route,
  routes,
} from '@knative-ts/apis'
import { isNotFound } from '@knative-ts/kube'
import type { ControllerErrorCode } from '../errors.ts'
import { reconcileCertificate } from '../reconcile-certificate.ts'
import { statusOf } from '../status-of.ts'
import {
  acmeChallengesOf,
  type CertificateState,
  markWorst,
  stateOfExternal,
  stateOfLocal,
} from './certificate-state.ts'
import type { RouteConfig } from './config.ts'
import type { TagHosts } from './domains.ts'
import { labelledWithRoute, wildcardCertificates } from './indexes.ts'
import type { RoutePorts } from './ports.ts'
import {
  type CertificateType,
  makeExternalCertificate,
  makeIngressTLS,
  makeLocalCertificate,
} from './resources/certificate.ts'
import type { AcmeChallenge } from './resources/ingress-rules.ts'

/** What the Route's certificates mean for its Ingress and its URLs. */
export interface CertificateResult {
  readonly tls: readonly IngressTLS[]
  readonly challenges: readonly AcmeChallenge[]
  /** Hosts whose URLs are https. */
  readonly secureHosts: ReadonlySet<string>
}

interface Work {
  readonly ports: RoutePorts
  readonly route: Route
  readonly tls: IngressTLS[]
  readonly challenges: AcmeChallenge[]
  readonly secureHosts: Set<string>
  readonly states: CertificateState[]
}

/** Keeps the Certificates that the configuration asks for, and tells in the status how they fare. */
export async function reconcileCertificates(
  ports: RoutePorts,
  route: Route,
  config: RouteConfig,
  hosts: ReadonlyMap<string, TagHosts>,
): Promise<CertificateResult> {
  const status = statusOf(route)
  const external = config.network.externalDomainTLS && !isDisabled(route)
  const local = config.network.clusterLocalDomainTLS
  const publicHosts = [...hosts.values()].filter(({ visibility }) => visibility === 'ExternalIP')
  const work: Work = {
    ports,
    route,
    tls: [],
    challenges: [],
    secureHosts: new Set(),
    states: [],
  }
  if (!external) markTLSNotEnabled(status, 'external-domain-tls is not enabled')
  else if (publicHosts.length === 0) markTLSNotEnabled(status, 'TLS is not enabled for cluster-local')

  if (external) await reconcileExternal(work, config, publicHosts)
  if (local) await reconcileLocal(work, config, [...hosts.values()])
  markWorst(status, work.states)
  work.challenges.sort((a, b) => compareText(a.url, b.url))
  return work
}

function isDisabled(route: Route): boolean {
  const value = firstAnnotation(route.metadata.annotations, disableExternalDomainTLSAnnotationKeys)?.value
  return value?.toLowerCase() === 'true'
}

async function reconcileExternal(work: Work, config: RouteConfig, hosts: TagHosts[]): Promise<void> {
  for (const tagHosts of hosts) {
    const { host } = tagHosts
    const certificate =
      coveringWildcard(work, tagHosts) ??
      (await ensure(work, makeExternalCertificate(work.route, config.network, tagHosts)))
    const state = stateOfExternal(certificate, config.network.httpProtocol === 'Enabled')
    work.states.push(state)
    if (state.kind !== 'downgraded') work.secureHosts.add(host)
    if (state.kind === 'ready') work.tls.push(makeIngressTLS(certificate, [host]))
    if (state.kind !== 'ready' || conditionOf(certificate.status, 'Renewing')?.status === 'True') {
      work.challenges.push(...acmeChallengesOf(certificate))
    }
  }
  await deleteOrphans(work, 'external-domain', new Set(hosts.map(({ host }) => host)))
}

async function reconcileLocal(work: Work, config: RouteConfig, hosts: TagHosts[]): Promise<void> {
  const used = new Set<string>()
  for (const tagHosts of hosts) {
    const desired = makeLocalCertificate(work.route, config.network, tagHosts, config.clusterDomain)
    const certificate = await ensure(work, desired)
    const state = stateOfLocal(certificate)
    work.states.push(state)
    for (const name of desired.spec.dnsNames) used.add(name)
    if (state.kind !== 'ready') continue
    work.secureHosts.add(tagHosts.localHost)
    work.tls.push(makeIngressTLS(certificate, desired.spec.dnsNames))
  }
  await deleteOrphans(work, 'cluster-local-domain', used)
}

/** A Certificate of the namespace for `*.<parent of the host>`. */
function coveringWildcard({ ports, route }: Work, { host, domain }: TagHosts): Certificate | undefined {
  const wildcard = `*.${host.slice(host.indexOf('.') + 1)}`
  const { namespace = '' } = route.metadata
  return wildcardCertificates(ports.certificates, namespace, domain).find(({ spec }) =>
    spec.dnsNames.includes(wildcard),
  )
}

async function ensure({ ports, route }: Work, desired: Certificate): Promise<Certificate> {
  const { namespace = '', name = '' } = desired.metadata
  const { client, events } = ports
  try {
    const existing = ports.certificates.get(namespace, name)
    return await reconcileCertificate({ client, events, type: routes, owner: route }, desired, existing)
  } catch (error) {
    const notOwned = (error as { code?: unknown }).code === ('NOT_OWNED' satisfies ControllerErrorCode)
    if (notOwned) markCertificateNotOwned(statusOf(route), name)
    else markCertificateProvisionFailed(statusOf(route), name, '')
    throw error
  }
}

async function deleteOrphans(
  { ports, route }: Work,
  type: CertificateType,
  used: ReadonlySet<string>,
): Promise<void> {
  const { namespace = '', name: routeName = '' } = route.metadata
  for (const certificate of labelledWithRoute(ports.certificates, namespace, routeName)) {
    if (certificate.metadata.labels?.[certificateTypeLabelKey] !== type) continue
    if (!isControlledBy(certificate, route)) continue
    if (certificate.spec.dnsNames.some((dnsName) => used.has(dnsName))) continue
    await deleteOrphan(ports, route, certificate)
  }
}

async function deleteOrphan(
  { client, events }: RoutePorts,
  route: Route,
  { metadata }: Certificate,
): Promise<void> {
  const { namespace = '', name = '' } = metadata
  const certificate = `orphaned Knative Certificate ${namespace}/${name}`
  try {
    await client.delete(certificates, namespace, name)
    events.event(routes, route, 'Normal', 'Deleted', `Deleted ${certificate}`)
  } catch (error) {
    if (isNotFound(error)) return
    const text = error instanceof Error ? error.message : String(error)
    events.event(routes, route, 'Normal', 'DeleteFailed', `Failed to delete ${certificate}: ${text}`)
    throw error
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
