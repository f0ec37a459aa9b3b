import {
  type IngressVisibility,
  type Route,
  serviceHostname,
  type V1Service,
  visibilityClusterLocal,
  visibilityLabelKey,
} from '@knative-ts/apis'
import { DomainInvalidError } from '../errors.ts'
import type { RouteConfig } from './config.ts'
import { defaultGroup } from './traffic/resolve-traffic.ts'

/** What one tag of a Route is reached by; the Route itself is the empty tag. */
export interface TagHosts {
  readonly tag: string
  /** First label of its hosts; also the name of its placeholder Service. */
  readonly hostname: string
  readonly visibility: IngressVisibility
  /** The full cluster-local host. */
  readonly localHost: string
  /** The host by which users reach it: external, or the cluster-local one. */
  readonly host: string
  /** Base domain of `host`. */
  readonly domain: string
}

/**
 * Hosts and visibility of a Route and its tags, by tag.
 * @param placeholder the placeholder Service of that name, whose label may make a tag private
 * @throws DomainInvalidError when a template yields no host name
 */
export function hostsOfRoute(
  route: Route,
  config: RouteConfig,
  placeholder: (name: string) => V1Service | undefined,
): Map<string, TagHosts> {
  const localDomain = `svc.${config.clusterDomain}`
  const baseDomain = config.domain.lookupDomain(route.metadata.labels ?? {})
  const tags = new Set([defaultGroup, ...(route.spec.traffic ?? []).map((target) => target.tag ?? '')])
  const hosts = new Map<string, TagHosts>()
  for (const tag of tags) {
    const hostname = hostnameOf(route, tag, config)
    const isLocal = baseDomain === localDomain || isPrivate(placeholder(hostname))
    const localHost = localHostOf(route, hostname, config)
    hosts.set(tag, {
      tag,
      hostname,
      visibility: isLocal ? 'ClusterLocal' : 'ExternalIP',
      localHost,
      host: isLocal ? localHost : externalHostOf(route, hostname, baseDomain, config),
      domain: isLocal ? localDomain : baseDomain,
    })
  }
  return hosts
}

/** Whether a placeholder Service was marked as private by a non-empty visibility label. */
function isPrivate(service: V1Service | undefined): boolean {
  return Boolean(service?.metadata.labels?.[visibilityLabelKey])
}

/** Whether a placeholder Service asks for the gateway inside the cluster. */
export function isClusterLocalService(service: V1Service): boolean {
  return service.metadata.labels?.[visibilityLabelKey] === visibilityClusterLocal
}

function hostnameOf(route: Route, tag: string, { network }: RouteConfig): string {
  const { name = '' } = route.metadata
  if (tag === defaultGroup) return name
  return rendered(network.tagTemplate, { Name: name, Tag: tag })
}

function localHostOf(route: Route, hostname: string, { clusterDomain }: RouteConfig): string {
  return checked(serviceHostname(hostname, route.metadata.namespace ?? '', clusterDomain))
}

function externalHostOf(route: Route, hostname: string, domain: string, { network }: RouteConfig): string {
  const { namespace = '', annotations = {}, labels = {} } = route.metadata
  return checked(
    rendered(network.domainTemplate, {
      Name: hostname,
      Namespace: namespace,
      Domain: domain,
      Annotations: new Map(Object.entries(annotations)),
      Labels: new Map(Object.entries(labels)),
    }),
  )
}

function rendered<Data>(template: (data: Data) => string, data: Data): string {
  try {
    return template(data)
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    throw new DomainInvalidError(`error executing the template of config-network: ${text}`, error)
  }
}

const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const maxHostLength = 255

function checked(host: string): string {
  const labels = host.replace(/\.$/, '').split('.')
  if (host.length > maxHostLength || labels.length < 2 || !labels.every((label) => dnsLabel.test(label))) {
    throw new DomainInvalidError(
      `invalid domain name "${host}": it must be a fully qualified domain name whose labels have up to 63 lower-case letters, digits and dashes; shorten the names or change domain-template and tag-template of config-network`,
    )
  }
  return host
}

const maxLabelLength = 63

/**
 * Every form by which a Service is called inside the cluster, sorted: with and without `svc` and the
 * cluster's domain. Forms that no resolver or certificate accepts as a host name are left out.
 */
export function expandedLocalHosts(localHost: string, clusterDomain: string): string[] {
  const forms = new Set([localHost])
  for (const suffix of [`.${clusterDomain}`, `.svc.${clusterDomain}`]) {
    if (localHost.endsWith(suffix)) forms.add(localHost.slice(0, -suffix.length))
  }
  return [...forms].filter(isHostName).sort()
}

function isHostName(form: string): boolean {
  const last = form.slice(form.lastIndexOf('.') + 1)
  return !/^\d+$/.test(last) && last.length <= maxLabelLength
}
