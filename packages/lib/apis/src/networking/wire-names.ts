import { networkingInternalGroup } from './resources.ts'

const networking = 'networking.knative.dev'

/** First spelling wins; on an Ingress object only the first one counts. */
export const ingressClassAnnotationKeys = [
  `${networking}/ingress.class`,
  `${networking}/ingress-class`,
] as const
export const ingressClassAnnotationKey = ingressClassAnnotationKeys[0]
export const certificateClassAnnotationKeys = [
  `${networking}/certificate.class`,
  `${networking}/certificate-class`,
] as const
export const httpOptionAnnotationKeys = [`${networking}/httpOption`, `${networking}/http-protocol`] as const
export const disableExternalDomainTLSAnnotationKeys = [
  `${networking}/disableAutoTLS`,
  `${networking}/disable-auto-tls`,
  `${networking}/disable-external-domain-tls`,
] as const
export const networkingAnnotationPrefix = networking
export const visibilityLabelKey = `${networking}/visibility`
export const visibilityClusterLocal = 'cluster-local'
export const certificateTypeLabelKey = `${networking}/certificate-type`
export const wildcardCertDomainLabelKey = `${networking}/wildcardDomain`
export const trustBundleLabelKey = `${networking}/trust-bundle`

export const skslabelKey = `${networkingInternalGroup}/serverlessservice`
export const serviceTypeKey = `${networkingInternalGroup}/serviceType`
export type ServiceType = 'Public' | 'Private'
export const rolloutAnnotationKey = `${networkingInternalGroup}/rollout`
export const tagToHostAnnotationKey = `${networkingInternalGroup}/tag-to-host`
export const certificateUIDLabelKey = `${networkingInternalGroup}/certificate-uid`

export const kourierIngressClass = 'kourier.ingress.networking.knative.dev'
export const istioIngressClass = 'istio.ingress.networking.knative.dev'

/** Ports on which a queue-proxy or activator listens in a pod. */
export const backendHTTPPort = 8012
export const backendHTTP2Port = 8013
export const backendHTTPSPort = 8112
export const queueAdminPort = 8022
export const autoscalingQueueMetricsPort = 9090
export const userQueueMetricsPort = 9091
export const profilingPort = 8008

/** Ports of the Services in front of them. */
export const serviceHTTPPort = 80
export const serviceHTTP2Port = 81
export const serviceHTTPSPort = 443

export const servicePortNameHTTP1 = 'http'
export const servicePortNameH2C = 'http2'
export const servicePortNameHTTPS = 'https'
export const autoscalingQueueMetricsPortName = 'http-autometric'
export const userQueueMetricsPortName = 'http-usermetric'
export const queuePortName = 'queue-port'
export const appProtocolH2C = 'kubernetes.io/h2c'

export const activatorServiceName = 'activator-service'

/** Secret with the certificate and authority of the routing layer, in the system namespace. */
export const servingRoutingCertName = 'routing-serving-certs'
/** Name that every certificate of the data plane bears. */
export const dataPlaneServerName = 'data-plane.knative.dev'
/** Subject alternative name of activators. */
export const dataPlaneRoutingSAN = 'kn-routing'

/** Subject alternative name of the queue-proxies of a namespace. */
export function dataPlaneUserSAN(namespace: string): string {
  return `kn-user-${namespace.toLowerCase()}`
}

/** Label of an EndpointSlice that names its Service. */
export const labelServiceName = 'kubernetes.io/service-name'

/** Annotation of an Ingress: `true` keeps Kourier from speaking HTTP/2 to its backends. */
export const disableHTTP2AnnotationKey = 'kourier.knative.dev/disable-http2'
