import type { Schema } from './schema.ts'

/** Merged item by item, by one or more keys; patches name items by the first key unless told otherwise. */
function keyed(keys: readonly string[], patchKey = keys[0]!, strategy = 'merge'): Partial<Schema> {
  return {
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': keys,
    'x-kubernetes-patch-merge-key': patchKey,
    'x-kubernetes-patch-strategy': strategy,
  }
}

/** Merged item by item in patches, but owned as a whole. */
function patchKeyed(key: string): Partial<Schema> {
  return { 'x-kubernetes-patch-merge-key': key, 'x-kubernetes-patch-strategy': 'merge' }
}

const set: Partial<Schema> = { 'x-kubernetes-list-type': 'set', 'x-kubernetes-patch-strategy': 'merge' }
const retainKeys: Partial<Schema> = { 'x-kubernetes-patch-strategy': 'retainKeys' }
const atomicMap: Partial<Schema> = { 'x-kubernetes-map-type': 'atomic' }
const byName = keyed(['name'])
const byType = keyed(['type'])

/** How lists (and some maps) of built-in kinds merge, by `Model.field`. A list that is not here is atomic. */
export const listRules: Readonly<Record<string, Partial<Schema>>> = {
  'V1ObjectMeta.finalizers': set,
  'V1ObjectMeta.ownerReferences': keyed(['uid']),
  'V1PodSpec.containers': byName,
  'V1PodSpec.initContainers': byName,
  'V1PodSpec.ephemeralContainers': byName,
  'V1PodSpec.volumes': keyed(['name'], 'name', 'merge,retainKeys'),
  'V1PodSpec.imagePullSecrets': byName,
  'V1PodSpec.hostAliases': keyed(['ip']),
  'V1PodSpec.resourceClaims': keyed(['name'], 'name', 'merge,retainKeys'),
  'V1PodSpec.schedulingGates': byName,
  'V1PodSpec.topologySpreadConstraints': keyed(['topologyKey', 'whenUnsatisfiable']),
  'V1PodSpec.nodeSelector': atomicMap,
  'V1PodStatus.conditions': byType,
  'V1PodStatus.podIPs': keyed(['ip']),
  'V1PodStatus.hostIPs': patchKeyed('ip'),
  'V1Container.env': byName,
  'V1Container.ports': keyed(['containerPort', 'protocol']),
  'V1Container.volumeMounts': keyed(['mountPath']),
  'V1Container.volumeDevices': keyed(['devicePath']),
  'V1EphemeralContainer.env': byName,
  'V1EphemeralContainer.volumeMounts': keyed(['mountPath']),
  'V1ResourceRequirements.claims': byName,
  'V1ServiceSpec.ports': keyed(['port', 'protocol']),
  'V1ServiceSpec.selector': atomicMap,
  'V1ServiceStatus.conditions': byType,
  'V1ServiceAccount.secrets': byName,
  'V1NamespaceStatus.conditions': byType,
  'V1NodeSpec.podCIDRs': set,
  'V1NodeStatus.addresses': byType,
  'V1NodeStatus.conditions': byType,
  'V1PersistentVolumeClaimStatus.conditions': byType,
  'V1DeploymentSpec.strategy': retainKeys,
  'V1DeploymentStatus.conditions': byType,
  'V1ReplicaSetStatus.conditions': byType,
  'V1JobStatus.conditions': patchKeyed('type'),
  'V1PodDisruptionBudgetStatus.conditions': byType,
  'V2HorizontalPodAutoscalerStatus.conditions': byType,
  'V1MutatingWebhookConfiguration.webhooks': byName,
  'V1ValidatingWebhookConfiguration.webhooks': byName,
  'V1MutatingWebhook.matchConditions': byName,
  'V1ValidatingWebhook.matchConditions': byName,
  'V1CustomResourceDefinitionStatus.conditions': byType,
  'V1JSONSchemaProps.x-kubernetes-validations': keyed(['rule']),
}

/** Models that are owned and replaced as a whole. */
export const atomicModels: ReadonlySet<string> = new Set([
  'V1ConfigMapKeySelector',
  'V1EndpointAddress',
  'CoreV1EndpointPort',
  'V1LabelSelector',
  'V1LocalObjectReference',
  'V1NodeSelector',
  'V1NodeSelectorTerm',
  'V1ObjectFieldSelector',
  'V1ObjectReference',
  'V1ResourceFieldSelector',
  'V1RoleRef',
  'V1SecretKeySelector',
  'V1SecretReference',
  'V1TypedLocalObjectReference',
])
