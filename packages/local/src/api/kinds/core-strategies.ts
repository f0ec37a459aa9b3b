import { deepEqual } from '../meta/deep-equal.ts'
import { type FieldError, forbiddenField, invalidValue, required } from '../meta/field-error.ts'
import { asArray, asRecord, isRecord, type KubeObject, valueAt } from '../meta/kube-object.ts'
import { labelErrors } from '../meta/names.ts'
import type { KindStrategy } from '../resources/resource-kind.ts'

/** The finalizer in `spec.finalizers` that holds a namespace until it is empty. */
export const kubernetesFinalizer = 'kubernetes'

const namespaceLabel = 'kubernetes.io/metadata.name'

function labelNamespace(namespace: KubeObject): void {
  const { name } = namespace.metadata
  if (name) namespace.metadata.labels = { ...namespace.metadata.labels, [namespaceLabel]: name }
}

export const namespaceStrategy: KindStrategy = {
  nameRule: 'label1123',
  applyDefaults: labelNamespace,
  prepareCreate: (namespace) => {
    labelNamespace(namespace)
    namespace['spec'] = { finalizers: [kubernetesFinalizer] }
    namespace['status'] = { phase: 'Active' }
  },
  prepareUpdate: (namespace, old) => {
    namespace['spec'] = structuredClone(old['spec'])
  },
}

/** ConfigMaps and Secrets: data keys are file names, and `immutable` freezes them. */
function validateData(
  object: KubeObject,
  old: KubeObject | undefined,
  fields: readonly string[],
): FieldError[] {
  const errors: FieldError[] = []
  for (const name of fields) {
    for (const key of Object.keys(asRecord(object[name]))) {
      if (!/^[-._a-zA-Z0-9]+$/.test(key) || key.length > 253) {
        errors.push(
          invalidValue(
            `${name}[${key}]`,
            key,
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
          ),
        )
      }
    }
    if (old?.['immutable'] === true && !deepEqual(object[name], old[name])) {
      errors.push(forbiddenField(name, 'field is immutable when `immutable` is set'))
    }
  }
  return errors
}

export const configMapStrategy: KindStrategy = {
  validate: (object, old) => validateData(object, old, ['data', 'binaryData']),
}

export const secretStrategy: KindStrategy = {
  applyDefaults: (secret) => {
    if (!isRecord(secret['stringData'])) return
    const data = { ...asRecord(secret['data']) }
    for (const [key, value] of Object.entries(secret['stringData']))
      data[key] = Buffer.from(String(value)).toString('base64')
    secret['data'] = data
    delete secret['stringData']
  },
  validate: (secret, old) => {
    const errors = validateData(secret, old, ['data'])
    if (secret['type'] === 'kubernetes.io/tls') {
      for (const key of ['tls.crt', 'tls.key']) {
        if (asRecord(secret['data'])[key] === undefined) errors.push(required(`data[${key}]`))
      }
    }
    if (old && secret['type'] !== old['type'])
      errors.push(invalidValue('type', secret['type'], 'field is immutable'))
    return errors
  },
}

export const nodeStrategy: KindStrategy = {
  prepareCreate: (node) => {
    node['spec'] ??= {}
  },
}

export const claimStrategy: KindStrategy = {
  prepareCreate: (claim) => {
    claim['status'] = { phase: 'Pending' }
  },
  validate: (claim) => {
    const accessModes = asArray(valueAt(claim, ['spec', 'accessModes']))
    return accessModes.length === 0
      ? [required('spec.accessModes', 'at least 1 access mode is required')]
      : []
  },
}

export const budgetStrategy: KindStrategy = {
  validate: (budget) => {
    const { minAvailable, maxUnavailable } = asRecord(budget['spec'])
    return minAvailable !== undefined && maxUnavailable !== undefined
      ? [invalidValue('spec', budget['spec'], 'minAvailable and maxUnavailable cannot be both set')]
      : []
  },
}

export const autoscalerStrategy: KindStrategy = {
  validate: (autoscaler) => {
    const spec = asRecord(autoscaler['spec'])
    const errors: FieldError[] = []
    const max = spec['maxReplicas']
    if (typeof max !== 'number' || max < 1)
      errors.push(invalidValue('spec.maxReplicas', max ?? 0, 'must be greater than 0'))
    else if (typeof spec['minReplicas'] === 'number' && max < spec['minReplicas']) {
      errors.push(invalidValue('spec.maxReplicas', max, 'must be greater than or equal to `minReplicas`'))
    }
    const target = asRecord(spec['scaleTargetRef'])
    for (const name of ['kind', 'name'])
      if (!target[name]) errors.push(required(`spec.scaleTargetRef.${name}`))
    return errors
  },
}

export const leaseStrategy: KindStrategy = {
  validate: (lease) => {
    const { leaseDurationSeconds, leaseTransitions } = asRecord(lease['spec'])
    const errors: FieldError[] = []
    if (typeof leaseDurationSeconds === 'number' && leaseDurationSeconds <= 0) {
      errors.push(invalidValue('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0'))
    }
    if (typeof leaseTransitions === 'number' && leaseTransitions < 0) {
      errors.push(
        invalidValue('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0'),
      )
    }
    return errors
  },
}

export const endpointSliceStrategy: KindStrategy = {
  validate: (slice, old) => {
    const type = slice['addressType']
    if (!type) return [required('addressType')]
    if (old && old['addressType'] !== type) return [invalidValue('addressType', type, 'field is immutable')]
    return asArray(slice['endpoints']).length > 1000
      ? [
          {
            reason: 'FieldValueTooMany',
            field: 'endpoints',
            value: asArray(slice['endpoints']).length,
            detail: 'must have at most 1000 items',
          },
        ]
      : []
  },
}

export const networkPolicyStrategy: KindStrategy = {
  applyDefaults: (policy) => {
    const spec = asRecord(policy['spec'])
    spec['policyTypes'] ??= spec['egress'] === undefined ? ['Ingress'] : ['Ingress', 'Egress']
  },
}

const roleGroup = 'rbac.authorization.k8s.io'

export const roleBindingStrategy: KindStrategy = {
  nameRule: 'pathSegment',
  applyDefaults: (binding) => {
    const reference = asRecord(binding['roleRef'])
    reference['apiGroup'] ??= roleGroup
    for (const subject of asArray(binding['subjects']).map(asRecord)) {
      subject['apiGroup'] ??= subject['kind'] === 'ServiceAccount' ? '' : roleGroup
      if (subject['apiGroup'] === '') delete subject['apiGroup']
    }
  },
  validate: (binding, old) => {
    const reference = asRecord(binding['roleRef'])
    const errors = reference['name'] ? [] : [required('roleRef.name')]
    if (old && !deepEqual(binding['roleRef'], old['roleRef'])) {
      errors.push(invalidValue('roleRef', binding['roleRef'], 'cannot change roleRef'))
    }
    return errors
  },
}

export const roleStrategy: KindStrategy = { nameRule: 'pathSegment' }

export const webhookConfigurationStrategy: KindStrategy = {
  validate: (configuration) =>
    asArray(configuration['webhooks'])
      .map(asRecord)
      .flatMap((webhook, i): FieldError[] => {
        const at = `webhooks[${i}]`
        const errors: FieldError[] = webhook['name'] ? [] : [required(`${at}.name`)]
        const { url, service } = asRecord(webhook['clientConfig'])
        if (Boolean(url) === Boolean(service)) {
          errors.push(required(`${at}.clientConfig`, 'exactly one of url or service is required'))
        }
        if (!['None', 'NoneOnDryRun'].includes(String(webhook['sideEffects']))) {
          errors.push({
            reason: 'FieldValueNotSupported',
            field: `${at}.sideEffects`,
            value: webhook['sideEffects'] ?? null,
            detail: 'supported values: "None", "NoneOnDryRun"',
          })
        }
        if (asArray(webhook['admissionReviewVersions']).length === 0) {
          errors.push(required(`${at}.admissionReviewVersions`, 'must specify one of v1, v1beta1'))
        }
        for (const selector of ['namespaceSelector', 'objectSelector']) {
          const labels = asRecord(asRecord(webhook[selector])['matchLabels'])
          errors.push(...labelErrors(labels, `${at}.${selector}.matchLabels`))
        }
        return errors
      }),
}
