import {
  type Certificate,
  certificateClassAnnotationKeys,
  certificateTypeLabelKey,
  controllerReference,
  dataPlaneServerName,
  dataPlaneUserSAN,
  firstAnnotation,
  namespaces,
  type Revision,
  type V1Namespace,
} from '@knative-ts/apis'
import { servingCertsName } from './added-volumes.ts'

const systemInternalCertificateType = 'system-internal'

/** The certificate that all queue-proxies of a namespace serve with; the namespace is to own it. */
export function makeQueueCertificate(revision: Revision, defaultClass: string): Certificate {
  const { namespace = '', annotations } = revision.metadata
  const ofRevision = firstAnnotation(annotations, certificateClassAnnotationKeys)?.value
  return {
    metadata: {
      name: servingCertsName,
      namespace,
      labels: { [certificateTypeLabelKey]: systemInternalCertificateType },
      annotations: { [certificateClassAnnotationKeys[0]]: ofRevision ?? defaultClass },
    },
    spec: {
      dnsNames: [dataPlaneUserSAN(namespace), dataPlaneServerName],
      secretName: servingCertsName,
    },
  }
}

/** Makes the namespace the owner of a certificate in it. */
export function withNamespaceOwner(certificate: Certificate, namespace: V1Namespace): Certificate {
  const ownerReferences = [controllerReference(namespaces, namespace)]
  return { ...certificate, metadata: { ...certificate.metadata, ownerReferences } }
}
