import type { ModelSchemas } from '../schema/model-schemas.ts'
import type { Schema } from '../schema/schema.ts'
import type { ResourceKind, ScalePaths } from '../resources/resource-kind.ts'
import { definitionStrategy } from '../crd/definition-strategy.ts'
import { ageColumn, createdAtColumn, nameColumn } from '../table/columns.ts'
import * as columns from '../table/core-columns.ts'
import * as workloads from '../table/workload-columns.ts'
import * as core from './core-strategies.ts'
import { eventConversion } from './event-conversion.ts'
import { podStrategy } from './pod-strategy.ts'
import { serviceStrategy } from './service-strategy.ts'
import { deploymentStrategy, jobStrategy, replicaSetStrategy } from './workload-strategies.ts'

/** One row of the table of built-in kinds: what differs from a plain, namespaced kind without status. */
interface BuiltinKind extends Partial<Omit<ResourceKind, 'group' | 'schema' | 'version'>> {
  readonly apiVersion: string
  readonly model: string
  readonly kind: string
  readonly plural: string
}

const replicas: ScalePaths = {
  specReplicas: 'spec.replicas',
  statusReplicas: 'status.replicas',
  labelSelector: 'spec.selector',
}
const eventFields = [
  'involvedObject.kind',
  'involvedObject.namespace',
  'involvedObject.name',
  'involvedObject.uid',
  'involvedObject.apiVersion',
  'involvedObject.resourceVersion',
  'involvedObject.fieldPath',
  'reason',
  'reportingComponent',
  'source',
  'type',
]
const podFields = [
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.serviceAccountName',
  'spec.hostNetwork',
  'status.phase',
  'status.podIP',
  'status.nominatedNodeName',
]
const all = ['all']
const cluster = { namespaced: false }
const rbac = 'rbac.authorization.k8s.io/v1'
const registration = 'admissionregistration.k8s.io/v1'

const table: readonly BuiltinKind[] = [
  { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', model: 'V1Namespace', ...cluster, shortNames: ['ns'], status: true, columns: columns.namespaceColumns, strategy: core.namespaceStrategy, selectableFields: ['status.phase'] },
  { apiVersion: 'v1', kind: 'Pod', plural: 'pods', model: 'V1Pod', shortNames: ['po'], categories: all, status: true, generation: true, subresources: ['log', 'eviction'], columns: workloads.podColumns, strategy: podStrategy, selectableFields: podFields },
  { apiVersion: 'v1', kind: 'Service', plural: 'services', model: 'V1Service', shortNames: ['svc'], categories: all, status: true, columns: columns.serviceColumns, strategy: serviceStrategy, selectableFields: ['spec.clusterIP', 'spec.type'] },
  { apiVersion: 'v1', kind: 'Endpoints', plural: 'endpoints', singular: 'endpoints', model: 'V1Endpoints', shortNames: ['ep'], columns: columns.endpointsColumns },
  { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', model: 'V1ConfigMap', shortNames: ['cm'], columns: columns.configMapColumns, strategy: core.configMapStrategy },
  { apiVersion: 'v1', kind: 'Secret', plural: 'secrets', model: 'V1Secret', columns: columns.secretColumns, strategy: core.secretStrategy, selectableFields: ['type'] },
  { apiVersion: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts', model: 'V1ServiceAccount', shortNames: ['sa'], subresources: ['token'], columns: columns.serviceAccountColumns },
  { apiVersion: 'v1', kind: 'Event', plural: 'events', model: 'CoreV1Event', shortNames: ['ev'], columns: columns.eventColumns, selectableFields: eventFields },
  { apiVersion: 'v1', kind: 'Node', plural: 'nodes', model: 'V1Node', ...cluster, shortNames: ['no'], status: true, columns: columns.nodeColumns, strategy: core.nodeStrategy, selectableFields: ['spec.unschedulable'] },
  { apiVersion: 'v1', kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims', model: 'V1PersistentVolumeClaim', shortNames: ['pvc'], status: true, columns: columns.claimColumns, strategy: core.claimStrategy },
  { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', model: 'V1Deployment', shortNames: ['deploy'], categories: all, status: true, generation: true, scale: replicas, columns: workloads.deploymentColumns, strategy: deploymentStrategy },
  { apiVersion: 'apps/v1', kind: 'ReplicaSet', plural: 'replicasets', model: 'V1ReplicaSet', shortNames: ['rs'], categories: all, status: true, generation: true, scale: replicas, columns: workloads.replicaSetColumns, strategy: replicaSetStrategy, selectableFields: ['status.replicas'] },
  { apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs', model: 'V1Job', categories: all, status: true, generation: true, columns: workloads.jobColumns, strategy: jobStrategy, selectableFields: ['status.successful'] },
  { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', plural: 'endpointslices', model: 'V1EndpointSlice', generation: true, columns: columns.endpointSliceColumns, strategy: core.endpointSliceStrategy },
  { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', plural: 'leases', model: 'V1Lease', columns: columns.leaseColumns, strategy: core.leaseStrategy },
  { apiVersion: rbac, kind: 'Role', plural: 'roles', model: 'V1Role', columns: columns.roleColumns, strategy: core.roleStrategy },
  { apiVersion: rbac, kind: 'RoleBinding', plural: 'rolebindings', model: 'V1RoleBinding', columns: columns.roleBindingColumns, strategy: core.roleBindingStrategy },
  { apiVersion: rbac, kind: 'ClusterRole', plural: 'clusterroles', model: 'V1ClusterRole', ...cluster, columns: columns.roleColumns, strategy: core.roleStrategy },
  { apiVersion: rbac, kind: 'ClusterRoleBinding', plural: 'clusterrolebindings', model: 'V1ClusterRoleBinding', ...cluster, columns: columns.roleBindingColumns, strategy: core.roleBindingStrategy },
  { apiVersion: registration, kind: 'MutatingWebhookConfiguration', plural: 'mutatingwebhookconfigurations', model: 'V1MutatingWebhookConfiguration', ...cluster, categories: ['api-extensions'], generation: true, columns: columns.webhookColumns, strategy: core.webhookConfigurationStrategy },
  { apiVersion: registration, kind: 'ValidatingWebhookConfiguration', plural: 'validatingwebhookconfigurations', model: 'V1ValidatingWebhookConfiguration', ...cluster, categories: ['api-extensions'], generation: true, columns: columns.webhookColumns, strategy: core.webhookConfigurationStrategy },
  { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', plural: 'customresourcedefinitions', model: 'V1CustomResourceDefinition', ...cluster, shortNames: ['crd', 'crds'], categories: ['api-extensions'], status: true, generation: true, columns: [nameColumn, createdAtColumn], strategy: definitionStrategy },
  { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', plural: 'poddisruptionbudgets', model: 'V1PodDisruptionBudget', shortNames: ['pdb'], status: true, generation: true, columns: columns.budgetColumns, strategy: core.budgetStrategy },
  { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', plural: 'horizontalpodautoscalers', model: 'V2HorizontalPodAutoscaler', shortNames: ['hpa'], categories: all, status: true, columns: columns.autoscalerColumns, strategy: core.autoscalerStrategy },
  { apiVersion: 'events.k8s.io/v1', kind: 'Event', plural: 'events', model: 'EventsV1Event', shortNames: ['ev'], storageKey: 'events', conversion: eventConversion, selectableFields: ['regarding.kind', 'regarding.name', 'regarding.namespace', 'regarding.uid', 'reason', 'reportingController', 'type'] },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', plural: 'networkpolicies', model: 'V1NetworkPolicy', shortNames: ['netpol'], generation: true, columns: columns.networkPolicyColumns, strategy: core.networkPolicyStrategy },
  { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', plural: 'ingresses', model: 'V1Ingress', shortNames: ['ing'], status: true, generation: true, columns: columns.ingressColumns },
]

/** Loads the schemas of all built-in kinds and returns the kinds. */
export async function builtinKinds(schemas: ModelSchemas): Promise<ResourceKind[]> {
  await schemas.load(table.map((row) => row.model))
  return table.map((row) => complete(row, schemas.of(row.model)))
}

function complete({ apiVersion, model: _, ...row }: BuiltinKind, schema: Schema): ResourceKind {
  const [version, group = ''] = apiVersion.split('/').reverse() as [string, string?]
  return {
    singular: row.kind.toLowerCase(),
    listKind: `${row.kind}List`,
    shortNames: [],
    categories: [],
    namespaced: true,
    custom: false,
    status: false,
    generation: false,
    scale: undefined,
    subresources: [],
    storageKey: group ? `${group}/${row.plural}` : row.plural,
    columns: [nameColumn, ageColumn],
    selectableFields: [],
    strategy: {},
    conversion: undefined,
    ...row,
    group,
    version,
    schema,
  }
}
