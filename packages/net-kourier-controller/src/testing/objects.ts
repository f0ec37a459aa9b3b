import type {
  Ingress,
  IngressPath,
  IngressRule,
  IngressSplit,
  V1ConfigMap,
  V1EndpointSlice,
  V1Service,
} from '@knative-ts/apis'
import { ingressClassAnnotationKey, kourierIngressClass, labelServiceName } from '@knative-ts/apis'
import { testMeta } from '@knative-ts/apis/testing'

/** An Ingress of our class in the namespace `default`. */
export function kourierIngress(
  name: string,
  rules: IngressRule[],
  spec: Partial<Ingress['spec']> = {},
): Ingress {
  return {
    metadata: testMeta(name, 'default', {
      annotations: { [ingressClassAnnotationKey]: kourierIngressClass },
    }),
    spec: { rules, httpOption: 'Enabled', ...spec },
  }
}

/** A rule with external visibility. */
export function rule(host: string, paths: IngressPath[], more: Partial<IngressRule> = {}): IngressRule {
  return { hosts: [host], visibility: 'ExternalIP', http: { paths }, ...more }
}

/** All requests to one Service, or its share of them. */
export function split(serviceName: string, percent = 100, more: Partial<IngressSplit> = {}): IngressSplit {
  return { serviceNamespace: 'default', serviceName, servicePort: 80, percent, ...more }
}

/** A ClusterIP Service whose port 80 leads to `targetPort`. */
export function service(name: string, targetPort: number, portName = 'http'): V1Service {
  return { metadata: testMeta(name), spec: { ports: [{ name: portName, port: 80, targetPort }] } }
}

/** The slice of a Service with these ready addresses. */
export function slice(serviceName: string, addresses: string[], namespace = 'default'): V1EndpointSlice {
  return {
    metadata: testMeta(`${serviceName}-slice`, namespace, {
      labels: { [labelServiceName]: serviceName },
    }),
    addressType: 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  }
}

export function configMap(name: string, data: Record<string, string>): V1ConfigMap {
  return { metadata: testMeta(name, 'knative-serving'), data }
}
