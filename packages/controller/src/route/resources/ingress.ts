import {
  certificateClassAnnotationKeys,
  controllerReference,
  firstAnnotation,
  type HTTPOption,
  httpOptionAnnotationKeys,
  type Ingress,
  type IngressTLS,
  ingressClassAnnotationKey,
  ingressClassAnnotationKeys,
  lastAppliedAnnotationKey,
  type Route,
  rolloutAnnotationKey,
  routeLabelKey,
  routeNamespaceLabelKey,
  routes,
  tagToHostAnnotationKey,
} from '@knative-ts/apis'
import type { NetworkConfig } from '@knative-ts/config'
import { IngressInvalidError } from '../../errors.ts'
import { withoutKeys } from '../../without-keys.ts'
import type { TagHosts } from '../domains.ts'
import { formatRollout } from '../rollout/rollout-annotation.ts'
import { defaultGroup } from '../traffic/resolve-traffic.ts'
import { makeIngressRules, type RulesInput } from './ingress-rules.ts'
import { ingressName } from './names.ts'

/** Annotations of a Route that its Ingress and certificates don't get as they are. */
export const notInheritedAnnotationKeys = [
  lastAppliedAnnotationKey,
  certificateClassAnnotationKeys[1],
  ingressClassAnnotationKeys[1],
]

/** The Ingress of a Route. @throws IngressInvalidError for an annotation that makes no sense */
export function makeIngress(
  route: Route,
  network: NetworkConfig,
  rules: RulesInput,
  tls: readonly IngressTLS[],
): Ingress {
  const { name = '', namespace = '', labels, annotations } = route.metadata
  const option = httpOption(route, network)
  return {
    metadata: {
      name: ingressName(name),
      namespace,
      labels: { ...labels, [routeLabelKey]: name, [routeNamespaceLabelKey]: namespace },
      annotations: {
        ...withoutKeys(
          {
            [ingressClassAnnotationKey]: ingressClass(route, network),
            [rolloutAnnotationKey]: formatRollout(rules.rollout),
            ...annotations,
          },
          notInheritedAnnotationKeys,
        ),
        ...tagToHost(rules.hosts),
      },
      ownerReferences: [controllerReference(routes, route)],
    },
    spec: {
      ...(option ? { httpOption: option } : {}),
      ...(tls.length > 0 ? { tls: [...tls] } : {}),
      rules: makeIngressRules(rules),
    },
  }
}

function ingressClass(route: Route, network: NetworkConfig): string {
  return (
    firstAnnotation(route.metadata.annotations, ingressClassAnnotationKeys)?.value || network.ingressClass
  )
}

function httpOption(route: Route, network: NetworkConfig): HTTPOption | undefined {
  const annotation = firstAnnotation(route.metadata.annotations, httpOptionAnnotationKeys)
  switch ((annotation?.value || network.httpProtocol).toLowerCase()) {
    case 'enabled':
      return 'Enabled'
    case 'redirected':
      return 'Redirected'
    case 'disabled':
      if (!annotation?.value) return undefined
  }
  throw new IngressInvalidError(
    `incorrect HTTPOption annotation: ${annotation?.value}; set ${annotation?.key} to Enabled or Redirected`,
  )
}

function tagToHost(hosts: ReadonlyMap<string, TagHosts>): Record<string, string> {
  const tags = [...hosts.values()]
    .filter(({ tag }) => tag !== defaultGroup)
    .sort((a, b) => (a.tag < b.tag ? -1 : 1))
  if (tags.length === 0) return {}
  const entries = tags.map(({ tag, localHost, host, visibility }) => [
    tag,
    visibility === 'ExternalIP' ? [localHost, host] : [localHost],
  ])
  return { [tagToHostAnnotationKey]: JSON.stringify(Object.fromEntries(entries)) }
}
