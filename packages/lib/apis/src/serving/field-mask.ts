import { disallowedFields } from '../validation/complaints.ts'
import { currentField, FieldErrors } from '../validation/field-errors.ts'
import type { FeatureName, FeatureSettings } from './settings.ts'

/** Names of the fields that an object may set. */
export type FieldMask = ReadonlySet<string>

const mask = (...fields: string[]): FieldMask => new Set(fields)

const podFields = mask(
  'serviceAccountName',
  'containers',
  'volumes',
  'imagePullSecrets',
  'enableServiceLinks',
)
/** Knative's own fields next to those of a pod. */
const revisionFields = mask(
  'containerConcurrency',
  'timeoutSeconds',
  'responseStartTimeoutSeconds',
  'idleTimeoutSeconds',
)
const gatedPodFields: Readonly<Record<string, FeatureName>> = {
  affinity: 'kubernetes.podspec-affinity',
  topologySpreadConstraints: 'kubernetes.podspec-topologyspreadconstraints',
  hostAliases: 'kubernetes.podspec-hostaliases',
  nodeSelector: 'kubernetes.podspec-nodeselector',
  tolerations: 'kubernetes.podspec-tolerations',
  runtimeClassName: 'kubernetes.podspec-runtimeclassname',
  priorityClassName: 'kubernetes.podspec-priorityclassname',
  schedulerName: 'kubernetes.podspec-schedulername',
  dnsPolicy: 'kubernetes.podspec-dnspolicy',
  dnsConfig: 'kubernetes.podspec-dnsconfig',
  shareProcessNamespace: 'kubernetes.podspec-shareprocessnamespace',
  hostIPC: 'kubernetes.podspec-hostipc',
  hostPID: 'kubernetes.podspec-hostpid',
  hostNetwork: 'kubernetes.podspec-hostnetwork',
  initContainers: 'kubernetes.podspec-init-containers',
}

export const containerMask = mask(
  'name',
  'args',
  'command',
  'env',
  'envFrom',
  'workingDir',
  'image',
  'imagePullPolicy',
  'ports',
  'resources',
  'securityContext',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'terminationMessagePath',
  'terminationMessagePolicy',
  'volumeMounts',
)
export const containerPortMask = mask('containerPort', 'name', 'protocol')
export const envVarMask = mask('name', 'value', 'valueFrom')
export const envFromMask = mask('prefix', 'configMapRef', 'secretRef')
export const configMapKeyMask = mask('key', 'name', 'optional')
export const namedSourceMask = mask('name', 'optional')
export const resourcesMask = mask('limits', 'requests')
export const probeHandlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'] as const
export const probeMask = mask(
  ...probeHandlers,
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
  'terminationGracePeriodSeconds',
)
export const probeHandlerMasks: Readonly<Record<(typeof probeHandlers)[number], FieldMask>> = {
  exec: mask('command'),
  httpGet: mask('host', 'path', 'scheme', 'httpHeaders', 'port'),
  tcpSocket: mask('host', 'port'),
  grpc: mask('port', 'service'),
}
export const projectionMask = mask('secret', 'configMap', 'serviceAccountToken', 'downwardAPI')
export const imageVolumeMask = mask('reference', 'pullPolicy')
export const objectRefMask = mask('apiVersion', 'kind', 'name')

const containerSecurityFields = mask(
  'capabilities',
  'readOnlyRootFilesystem',
  'runAsUser',
  'runAsGroup',
  'runAsNonRoot',
  'allowPrivilegeEscalation',
  'seccompProfile',
)
const podSecurityMask = mask(
  'runAsUser',
  'runAsGroup',
  'runAsNonRoot',
  'fsGroup',
  'supplementalGroups',
  'seccompProfile',
)
const securePodSeccompTypes = new Set(['RuntimeDefault', 'Unconfined'])

/** Volume sources behind a flag. */
export const gatedVolumeSources = {
  emptyDir: 'kubernetes.podspec-volumes-emptydir',
  persistentVolumeClaim: 'kubernetes.podspec-persistent-volume-claim',
  hostPath: 'kubernetes.podspec-volumes-hostpath',
  csi: 'kubernetes.podspec-volumes-csi',
  ephemeral: 'kubernetes.podspec-volumes-ephemeral',
  image: 'kubernetes.podspec-volumes-image',
} as const satisfies Record<string, FeatureName>

/** Whether a value is present: an empty list counts as absent, an empty object does not. */
export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0)
}

/** Complaints about all fields of `object` that are set although they are not in the mask. */
export function checkDisallowedFields(object: object, allowed: FieldMask): FieldErrors {
  const fields = setFields(object).filter((field) => !allowed.has(field))
  return fields.length === 0 ? FieldErrors.none : disallowedFields(...fields)
}

/** Complaints about every field of a probe; its handlers have no name of their own. */
export function forbidProbe(probe: object): FieldErrors {
  const handlers = new Set<string>(probeHandlers)
  const fields = setFields(probe).map((field) => (handlers.has(field) ? currentField : field))
  return fields.length === 0 ? FieldErrors.none : disallowedFields(...new Set(fields))
}

function setFields(object: object): string[] {
  return Object.entries(object).flatMap(([field, value]) => (isSet(value) ? [field] : []))
}

/** Whether a feature is on or allowed. */
export function isAllowed(features: FeatureSettings, name: FeatureName): boolean {
  return features.flags[name] !== 'Disabled'
}

/** Whether a feature is on. */
export function isEnabled(features: FeatureSettings, name: FeatureName): boolean {
  return features.flags[name] === 'Enabled'
}

/** The fields that a revision spec may set. */
export function podSpecMask(
  spec: { automountServiceAccountToken?: boolean },
  features: FeatureSettings,
): FieldMask {
  const fields = new Set([...podFields, ...revisionFields])
  if (spec.automountServiceAccountToken === false) fields.add('automountServiceAccountToken')
  for (const [field, feature] of Object.entries(gatedPodFields)) {
    if (isAllowed(features, feature)) fields.add(field)
  }
  if (
    isAllowed(features, 'kubernetes.podspec-securitycontext') ||
    features.securePodDefaults !== 'Disabled'
  ) {
    fields.add('securityContext')
  }
  return fields
}

/** The fields that a pod's security context may set. */
export function podSecurityContextMask(
  context: { seccompProfile?: { type?: string } },
  features: FeatureSettings,
): FieldMask {
  if (isAllowed(features, 'kubernetes.podspec-securitycontext')) return podSecurityMask
  const secure =
    features.securePodDefaults !== 'Disabled' && securePodSeccompTypes.has(context.seccompProfile?.type ?? '')
  return secure ? mask('seccompProfile') : mask()
}

/** The fields that a container's security context may set. */
export function securityContextMask(context: { privileged?: boolean }): FieldMask {
  return context.privileged === false
    ? mask(...containerSecurityFields, 'privileged')
    : containerSecurityFields
}

/** The fields that a container's capabilities may set. */
export function capabilitiesMask(capabilities: { add?: string[] }, features: FeatureSettings): FieldMask {
  const onlyLowPorts = capabilities.add?.length === 1 && capabilities.add[0] === 'NET_BIND_SERVICE'
  const mayAdd =
    isEnabled(features, 'kubernetes.containerspec-addcapabilities') ||
    (features.securePodDefaults !== 'Disabled' && onlyLowPorts)
  return mayAdd ? mask('drop', 'add') : mask('drop')
}

/** The sources that an environment variable may have. */
export function envValueMask(features: FeatureSettings): FieldMask {
  return isAllowed(features, 'kubernetes.podspec-fieldref')
    ? mask('configMapKeyRef', 'secretKeyRef', 'fieldRef', 'resourceFieldRef')
    : mask('configMapKeyRef', 'secretKeyRef')
}

/** The fields that a volume mount may set. */
export function volumeMountMask(features: FeatureSettings): FieldMask {
  const fields = ['name', 'readOnly', 'mountPath', 'subPath']
  return isAllowed(features, 'kubernetes.podspec-volumes-mount-propagation')
    ? mask(...fields, 'mountPropagation')
    : mask(...fields)
}

/** The fields that a volume may set, which are its name and its source. */
export function volumeMask(features: FeatureSettings): FieldMask {
  const fields = new Set(['name', 'secret', 'configMap', 'projected'])
  for (const [source, feature] of Object.entries(gatedVolumeSources)) {
    if (isAllowed(features, feature)) fields.add(source)
  }
  return fields
}
