import {
  defaultRouteHeaderName,
  type IngressPath,
  type IngressRule,
  type IngressSplit,
  type IngressVisibility,
  type ProtocolType,
  revisionHeaderName,
  revisionHeaderNamespace,
  serviceHTTP2Port,
  serviceHTTPPort,
  serviceHTTPSPort,
  tagHeaderName,
} from '@knative-ts/apis'
import { expandedLocalHosts, type TagHosts } from '../domains.ts'
import { type Rollout, rolloutOf } from '../rollout/rollout.ts'
import { defaultGroup, type RevisionTarget } from '../traffic/resolve-traffic.ts'

/** A path that answers a certificate authority's question about a host. */
export interface AcmeChallenge {
  readonly url: string
  readonly host: string
  readonly path: IngressPath
}

export interface RulesInput {
  readonly namespace: string
  readonly groups: ReadonlyMap<string, readonly RevisionTarget[]>
  readonly rollout: Rollout
  /** Hosts of every tag in `groups`. */
  readonly hosts: ReadonlyMap<string, TagHosts>
  readonly challenges: readonly AcmeChallenge[]
  readonly clusterDomain: string
  /** Whether a request header may name the tag instead of the host. */
  readonly tagHeaderRouting: boolean
  /** Whether the gateway speaks TLS to the revisions. */
  readonly systemInternalTLS: boolean
  /** Protocol of a revision that is no target itself but still has traffic of a rollout. */
  protocolOf(revisionName: string): ProtocolType | undefined
}

/** For each tag, the Route itself first: one rule inside the cluster, and one per host outside of it. */
export function makeIngressRules(input: RulesInput): IngressRule[] {
  return tagsOf(input).flatMap((tag) => {
    const { visibility, localHost, host } = input.hosts.get(tag)!
    const rules = [makeRule(input, tag, 'ClusterLocal', expandedLocalHosts(localHost, input.clusterDomain))]
    if (visibility === 'ExternalIP') rules.push(makeRule(input, tag, 'ExternalIP', [host]))
    return rules
  })
}

function tagsOf({ groups }: RulesInput): string[] {
  return [...groups.keys()].sort()
}

function makeRule(
  input: RulesInput,
  tag: string,
  visibility: IngressVisibility,
  hosts: string[],
): IngressRule {
  const path = makePath(input, tag)
  const paths = [path]
  if (input.tagHeaderRouting && tag === defaultGroup) {
    path.appendHeaders = { [canonical(defaultRouteHeaderName)]: 'true' }
    paths.unshift(...tagHeaderPaths(input))
  } else if (input.tagHeaderRouting) {
    path.appendHeaders = { [canonical(tagHeaderName)]: tag }
  }
  if (visibility === 'ExternalIP') {
    const challenges = input.challenges.filter((challenge) => hosts.includes(challenge.host))
    paths.unshift(...challenges.map((challenge) => challenge.path))
  }
  return { hosts, visibility, http: { paths } }
}

/** One path per tag that is taken when the request's header names it. */
function tagHeaderPaths(input: RulesInput): IngressPath[] {
  return tagsOf(input)
    .filter((tag) => tag !== defaultGroup)
    .map((tag) => ({ ...makePath(input, tag), headers: { [canonical(tagHeaderName)]: { exact: tag } } }))
}

function makePath(input: RulesInput, tag: string): IngressPath {
  const targets = input.groups.get(tag) ?? []
  return { splits: targets.flatMap((target) => splitsOf(input, tag, target)) }
}

function splitsOf(input: RulesInput, tag: string, target: RevisionTarget): IngressSplit[] {
  if (target.percent === 0) return []
  const running = target.latestRevision ? rolloutOf(input.rollout, tag, target.configurationName) : undefined
  if (!running || running.revisions.length < 2) {
    return [makeSplit(input, target.revisionName, target.percent, target.protocol)]
  }
  return running.revisions.map(({ revisionName, percent }) =>
    makeSplit(input, revisionName, percent, input.protocolOf(revisionName) ?? target.protocol),
  )
}

function makeSplit(
  { namespace, systemInternalTLS }: RulesInput,
  revisionName: string,
  percent: number,
  protocol: ProtocolType,
): IngressSplit {
  return {
    serviceNamespace: namespace,
    serviceName: revisionName,
    servicePort: systemInternalTLS ? serviceHTTPSPort : cleartextPort(protocol),
    percent,
    appendHeaders: {
      [canonical(revisionHeaderName)]: revisionName,
      [canonical(revisionHeaderNamespace)]: namespace,
    },
  }
}

function cleartextPort(protocol: ProtocolType): number {
  return protocol === 'h2c' ? serviceHTTP2Port : serviceHTTPPort
}

/** A header's name as objects hold it: `Knative-Serving-Tag`. */
function canonical(header: string): string {
  return header.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
}
