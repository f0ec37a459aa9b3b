import {
  type Certificate,
  type KubeObject,
  routeLabelKey,
  wildcardCertDomainLabelKey,
} from '@knative-ts/apis'
import type { Informer, Lister } from '@knative-ts/kube'

const routeIndex = 'controller/route'
const wildcardIndex = 'controller/wildcard-domain'

/** Lets `labelledWithRoute` answer without looking at every object of the kind. */
export function indexByRoute<T extends KubeObject>(informer: Informer<T>): void {
  informer.addIndex(routeIndex, ({ metadata }) => labelled(metadata, routeLabelKey))
}

/** The objects that carry this Route's label. */
export function labelledWithRoute<T extends KubeObject>(
  lister: Pick<Lister<T>, 'byIndex'>,
  namespace: string,
  route: string,
): T[] {
  return lister.byIndex(routeIndex, `${namespace}/${route}`)
}

/** Lets `wildcardCertificates` answer without looking at every Certificate. */
export function indexByWildcardDomain(informer: Informer<Certificate>): void {
  informer.addIndex(wildcardIndex, ({ metadata }) => labelled(metadata, wildcardCertDomainLabelKey))
}

/** The namespace's Certificates for all hosts below a domain. */
export function wildcardCertificates(
  lister: Pick<Lister<Certificate>, 'byIndex'>,
  namespace: string,
  domain: string,
): Certificate[] {
  return lister.byIndex(wildcardIndex, `${namespace}/${domain}`)
}

function labelled({ namespace, labels }: KubeObject['metadata'], key: string): string[] {
  const value = labels?.[key]
  return value ? [`${namespace}/${value}`] : []
}
