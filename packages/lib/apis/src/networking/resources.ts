import type { KubeObject, ResourceType } from '../meta.ts'
import type { Certificate, ClusterDomainClaim, Ingress, ServerlessService } from './types.ts'

export const networkingInternalGroup = 'networking.internal.knative.dev'

function internal<T extends KubeObject>(kind: string, plural: string, namespaced = true): ResourceType<T> {
  return { group: networkingInternalGroup, version: 'v1alpha1', kind, plural, namespaced }
}

export const ingresses = internal<Ingress>('Ingress', 'ingresses')
export const certificates = internal<Certificate>('Certificate', 'certificates')
export const serverlessServices = internal<ServerlessService>('ServerlessService', 'serverlessservices')
export const clusterDomainClaims = internal<ClusterDomainClaim>(
  'ClusterDomainClaim',
  'clusterdomainclaims',
  false,
)
