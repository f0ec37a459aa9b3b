import type { ObjectRef, ProtocolType } from '../autoscaling/types.ts'
import type { StatusBase } from '../conditions/condition.ts'
import type { KubeObject } from '../meta.ts'

export type IngressVisibility = 'ExternalIP' | 'ClusterLocal'
export type HTTPOption = 'Enabled' | 'Redirected'

export interface IngressSplit {
  serviceNamespace: string
  serviceName: string
  servicePort: number | string
  percent?: number
  appendHeaders?: Record<string, string>
}

export interface IngressPath {
  path?: string
  rewriteHost?: string
  headers?: Record<string, { exact: string }>
  splits: IngressSplit[]
  appendHeaders?: Record<string, string>
}

export interface IngressRule {
  hosts?: string[]
  visibility?: IngressVisibility
  http?: { paths: IngressPath[] }
}

export interface IngressTLS {
  hosts?: string[]
  secretName?: string
  secretNamespace?: string
}

export interface IngressSpec {
  tls?: IngressTLS[]
  rules?: IngressRule[]
  httpOption?: HTTPOption
}

export interface LoadBalancerIngress {
  ip?: string
  domain?: string
  domainInternal?: string
  meshOnly?: boolean
}

export interface LoadBalancerStatus {
  ingress?: LoadBalancerIngress[]
}

/** Knative's own Ingress (`networking.internal.knative.dev`). */
export interface Ingress extends KubeObject {
  spec: IngressSpec
  status?: StatusBase & { publicLoadBalancer?: LoadBalancerStatus; privateLoadBalancer?: LoadBalancerStatus }
}

export interface Certificate extends KubeObject {
  spec: { dnsNames: string[]; domain?: string; secretName: string }
  status?: StatusBase & {
    notAfter?: string
    http01Challenges?: {
      url?: string
      serviceName?: string
      serviceNamespace?: string
      servicePort?: number | string
    }[]
  }
}

export type ServerlessServiceMode = 'Serve' | 'Proxy'

export interface ServerlessService extends KubeObject {
  spec: {
    mode?: ServerlessServiceMode
    objectRef: ObjectRef
    protocolType: ProtocolType
    /** 0 means all activators. */
    numActivators?: number
  }
  status?: StatusBase & { serviceName?: string; privateServiceName?: string }
}

export interface ClusterDomainClaim extends KubeObject {
  spec: { namespace: string }
}
