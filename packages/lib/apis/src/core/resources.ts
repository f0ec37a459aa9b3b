import type { KubeObject, ResourceType } from '../meta.ts'
import type * as core from './types.ts'

function type<T extends KubeObject>(
  group: string,
  version: string,
  kind: string,
  plural: string,
  namespaced = true,
): ResourceType<T> {
  return { group, version, kind, plural, namespaced }
}

export const namespaces = type<core.V1Namespace>('', 'v1', 'Namespace', 'namespaces', false)
export const nodes = type<core.V1Node>('', 'v1', 'Node', 'nodes', false)
export const pods = type<core.V1Pod>('', 'v1', 'Pod', 'pods')
export const coreServices = type<core.V1Service>('', 'v1', 'Service', 'services')
export const endpoints = type<core.V1Endpoints>('', 'v1', 'Endpoints', 'endpoints')
export const configMaps = type<core.V1ConfigMap>('', 'v1', 'ConfigMap', 'configmaps')
export const secrets = type<core.V1Secret>('', 'v1', 'Secret', 'secrets')
export const serviceAccounts = type<core.V1ServiceAccount>('', 'v1', 'ServiceAccount', 'serviceaccounts')
export const events = type<core.V1Event>('', 'v1', 'Event', 'events')
export const deployments = type<core.V1Deployment>('apps', 'v1', 'Deployment', 'deployments')
export const replicaSets = type<core.V1ReplicaSet>('apps', 'v1', 'ReplicaSet', 'replicasets')
export const jobs = type<core.V1Job>('batch', 'v1', 'Job', 'jobs')
export const horizontalPodAutoscalers = type<core.V1HorizontalPodAutoscaler>(
  'autoscaling',
  'v2',
  'HorizontalPodAutoscaler',
  'horizontalpodautoscalers',
)
export const endpointSlices = type<core.V1EndpointSlice>(
  'discovery.k8s.io',
  'v1',
  'EndpointSlice',
  'endpointslices',
)
export const leases = type<core.V1Lease>('coordination.k8s.io', 'v1', 'Lease', 'leases')
export const mutatingWebhookConfigurations = type<core.V1MutatingWebhookConfiguration>(
  'admissionregistration.k8s.io',
  'v1',
  'MutatingWebhookConfiguration',
  'mutatingwebhookconfigurations',
  false,
)
export const validatingWebhookConfigurations = type<core.V1ValidatingWebhookConfiguration>(
  'admissionregistration.k8s.io',
  'v1',
  'ValidatingWebhookConfiguration',
  'validatingwebhookconfigurations',
  false,
)
export const customResourceDefinitions = type<core.V1CustomResourceDefinition>(
  'apiextensions.k8s.io',
  'v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
  false,
)
