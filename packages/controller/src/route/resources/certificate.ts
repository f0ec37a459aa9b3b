import {
  type Certificate,
  certificateClassAnnotationKeys,
  certificateTypeLabelKey,
  controllerReference,
  firstAnnotation,
  type IngressTLS,
  type Route,
  routeLabelKey,
  routes,
} from '@knative-ts/apis'
import type { NetworkConfig } from '@knative-ts/config'
import { adler32 } from '../../adler32.ts'
import { withoutKeys } from '../../without-keys.ts'
import { expandedLocalHosts, type TagHosts } from '../domains.ts'
import { defaultGroup } from '../traffic/resolve-traffic.ts'
import { notInheritedAnnotationKeys } from './ingress.ts'

/** What a Certificate is for; the value of its type label. */
export type CertificateType = 'external-domain' | 'cluster-local-domain'

/** The Certificate for the host by which users reach a tag from outside. */
export function makeExternalCertificate(route: Route, network: NetworkConfig, hosts: TagHosts): Certificate {
  const name = certificateName(route, hosts.tag)
  return makeCertificate(route, network, 'external-domain', {
    dnsNames: [hosts.host],
    domain: hosts.domain,
    secretName: name,
  })
}

/** The Certificate for all forms of a tag's cluster-local host. */
export function makeLocalCertificate(
  route: Route,
  network: NetworkConfig,
  hosts: TagHosts,
  clusterDomain: string,
): Certificate {
  return makeCertificate(route, network, 'cluster-local-domain', {
    dnsNames: expandedLocalHosts(hosts.localHost, clusterDomain),
    domain: `svc.${clusterDomain}`,
    secretName: `${certificateName(route, hosts.tag)}-local`,
  })
}

/** The Ingress entry that serves `hosts` with a Certificate's secret. */
export function makeIngressTLS(certificate: Certificate, hosts: readonly string[]): IngressTLS {
  return {
    hosts: [...hosts].sort(),
    secretName: certificate.spec.secretName,
    ...(certificate.metadata.namespace ? { secretNamespace: certificate.metadata.namespace } : {}),
  }
}

function certificateName(route: Route, tag: string): string {
  const name = `route-${route.metadata.uid ?? ''}`
  return tag === defaultGroup ? name : `${name}-${adler32(tag)}`
}

function makeCertificate(
  route: Route,
  network: NetworkConfig,
  type: CertificateType,
  spec: Certificate['spec'],
): Certificate {
  const { name = '', namespace, annotations } = route.metadata
  const ownClass = firstAnnotation(annotations, certificateClassAnnotationKeys)?.value
  return {
    metadata: {
      name: spec.secretName,
      namespace,
      labels: { [routeLabelKey]: name, [certificateTypeLabelKey]: type },
      annotations: withoutKeys(
        { ...annotations, [certificateClassAnnotationKeys[0]]: ownClass || network.certificateClass },
        notInheritedAnnotationKeys,
      ),
      ownerReferences: [controllerReference(routes, route)],
    },
    spec,
  }
}
