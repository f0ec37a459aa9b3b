import { deepEqual } from '../meta/deep-equal.ts'
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../meta/field-error.ts'
import { asArray, asRecord, isRecord, type JsonRecord, type KubeObject } from '../meta/kube-object.ts'
import { isLabel1123 } from '../meta/names.ts'
import type { KindStrategy } from '../resources/resource-kind.ts'

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe']

/** Defaults inside a pod spec that depend on its other fields, in place. */
export function defaultPodSpec(spec: unknown): void {
  if (!isRecord(spec)) return
  for (const container of allContainers(spec)) {
    container['imagePullPolicy'] ??= pullPolicy(String(container['image'] ?? ''))
    if (spec['hostNetwork'])
      for (const port of asArray(container['ports']).map(asRecord)) port['hostPort'] ??= port['containerPort']
  }
  if (spec['serviceAccountName'] === undefined && spec['serviceAccount']) {
    spec['serviceAccountName'] = spec['serviceAccount']
  }
  if (spec['serviceAccountName']) spec['serviceAccount'] = spec['serviceAccountName']
  for (const volume of asArray(spec['volumes']).map(asRecord)) {
    if (!Object.keys(volume).some((key) => key !== 'name')) volume['emptyDir'] = {}
  }
}

/** What is limited is also requested, unless a request says otherwise. */
function requestLimits(container: JsonRecord): void {
  const resources = asRecord(container['resources'])
  if (!isRecord(resources['limits'])) return
  container['resources'] = {
    ...resources,
    requests: { ...resources['limits'], ...asRecord(resources['requests']) },
  }
}

function allContainers(spec: JsonRecord): JsonRecord[] {
  return [...asArray(spec['initContainers']), ...asArray(spec['containers'])].map(asRecord)
}

/** `Always` for images without a tag or tagged latest. */
function pullPolicy(image: string): string {
  if (image.includes('@')) return 'IfNotPresent'
  const tag = /:([^/:]+)$/.exec(image)?.[1]
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent'
}

/** Errors in a pod spec at `path`. */
export function validatePodSpec(spec: unknown, path: string): FieldError[] {
  const errors: FieldError[] = []
  const { containers, initContainers, volumes, restartPolicy } = asRecord(spec)
  if (asArray(containers).length === 0) errors.push(required(`${path}.containers`))
  if (restartPolicy !== undefined && !['Always', 'OnFailure', 'Never'].includes(String(restartPolicy))) {
    errors.push(notSupported(`${path}.restartPolicy`, restartPolicy, ['Always', 'OnFailure', 'Never']))
  }
  const volumeNames = asArray(volumes).map((volume) => asRecord(volume)['name'])
  errors.push(...nameErrors(volumeNames, `${path}.volumes`))
  const names = asArray(containers).map((container) => asRecord(container)['name'])
  errors.push(...nameErrors(names, `${path}.containers`))
  for (const [member, list] of Object.entries({ initContainers, containers })) {
    for (const [i, container] of asArray(list).entries()) {
      errors.push(...validateContainer(asRecord(container), `${path}.${member}[${i}]`, volumeNames))
    }
  }
  return errors
}

function nameErrors(names: readonly unknown[], path: string): FieldError[] {
  return names.flatMap((name, i): FieldError[] => {
    const at = `${path}[${i}].name`
    if (!name) return [required(at)]
    if (!isLabel1123(String(name))) {
      return [
        invalidValue(
          at,
          name,
          "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
        ),
      ]
    }
    return names.indexOf(name) < i
      ? [{ reason: 'FieldValueDuplicate', field: at, value: name, detail: '' }]
      : []
  })
}

function validateContainer(container: JsonRecord, path: string, volumes: readonly unknown[]): FieldError[] {
  const errors: FieldError[] = []
  if (!container['image']) errors.push(required(`${path}.image`))
  for (const [i, port] of asArray(container['ports']).map(asRecord).entries()) {
    errors.push(...portErrors(port['containerPort'], `${path}.ports[${i}].containerPort`))
    if (!['TCP', 'UDP', 'SCTP'].includes(String(port['protocol']))) {
      errors.push(notSupported(`${path}.ports[${i}].protocol`, port['protocol'], ['SCTP', 'TCP', 'UDP']))
    }
  }
  for (const [i, variable] of asArray(container['env']).map(asRecord).entries()) {
    if (!variable['name']) errors.push(required(`${path}.env[${i}].name`))
    if (variable['value'] && variable['valueFrom']) {
      errors.push(
        invalidValue(`${path}.env[${i}].valueFrom`, '', 'may not be specified when `value` is not empty'),
      )
    }
  }
  for (const [i, mount] of asArray(container['volumeMounts']).map(asRecord).entries()) {
    if (!mount['mountPath']) errors.push(required(`${path}.volumeMounts[${i}].mountPath`))
    if (!volumes.includes(mount['name'])) {
      errors.push({
        reason: 'FieldValueNotFound',
        field: `${path}.volumeMounts[${i}].name`,
        value: mount['name'],
        detail: '',
      })
    }
  }
  for (const probe of probes) {
    if (!isRecord(container[probe])) continue
    const handlers = ['exec', 'grpc', 'httpGet', 'tcpSocket'].filter(
      (handler) => asRecord(container[probe])[handler],
    )
    if (handlers.length === 0) errors.push(required(`${path}.${probe}`, 'must specify a handler type'))
    if (handlers.length > 1) {
      errors.push(
        forbiddenField(`${path}.${probe}.${handlers[1]}`, 'may not specify more than 1 handler type'),
      )
    }
  }
  return errors
}

/** Errors in a number that must be a port. */
export function portErrors(port: unknown, path: string): FieldError[] {
  if (port === undefined) return [required(path)]
  return typeof port === 'number' && port >= 1 && port <= 65535
    ? []
    : [invalidValue(path, port, 'must be between 1 and 65535, inclusive')]
}

const changeable = [
  'activeDeadlineSeconds',
  'terminationGracePeriodSeconds',
  'tolerations',
  'schedulingGates',
  'nodeName',
]

/** What of a running pod's spec must stay as it is. */
function fixedSpec(pod: KubeObject): JsonRecord {
  const spec = Object.entries(asRecord(pod['spec'])).filter(([key]) => !changeable.includes(key))
  return Object.fromEntries(
    spec.map(([key, value]) => [
      key,
      key === 'containers' || key === 'initContainers'
        ? asArray(value).map((container) => ({ ...asRecord(container), image: '' }))
        : value,
    ]),
  )
}

export const podStrategy: KindStrategy = {
  applyDefaults: (pod) => {
    defaultPodSpec(pod['spec'])
    const spec = asRecord(pod['spec'])
    for (const container of allContainers(spec)) requestLimits(container)
    spec['enableServiceLinks'] ??= true
  },
  prepareCreate: (pod) => {
    const spec = asRecord(pod['spec'])
    spec['serviceAccountName'] ??= 'default'
    spec['serviceAccount'] ??= spec['serviceAccountName']
    spec['preemptionPolicy'] ??= 'PreemptLowerPriority'
    spec['priority'] ??= 0
    pod['status'] = { phase: 'Pending', qosClass: qosClass(spec) }
  },
  validate: (pod, old) => {
    const errors = validatePodSpec(pod['spec'], 'spec')
    if (old && !deepEqual(fixedSpec(pod), fixedSpec(old))) {
      errors.push(
        forbiddenField(
          'spec',
          'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
        ),
      )
    }
    return errors
  },
}

function qosClass(spec: JsonRecord): string {
  const resources = allContainers(spec).map((container) => asRecord(container['resources']))
  const has = (member: string) => resources.some((entry) => Object.keys(asRecord(entry[member])).length > 0)
  if (!has('limits') && !has('requests')) return 'BestEffort'
  const guaranteed = resources.every((entry) => {
    const limits = asRecord(entry['limits'])
    return ['cpu', 'memory'].every(
      (name) => limits[name] && limits[name] === asRecord(entry['requests'])[name],
    )
  })
  return guaranteed ? 'Guaranteed' : 'Burstable'
}
