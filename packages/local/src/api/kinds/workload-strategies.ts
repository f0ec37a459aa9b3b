import { randomUUID } from 'node:crypto'
import { deepEqual } from '../meta/deep-equal.ts'
import { type FieldError, invalidValue, required } from '../meta/field-error.ts'
import { asRecord, isRecord, type KubeObject, recordAt, valueAt } from '../meta/kube-object.ts'
import type { KindStrategy } from '../resources/resource-kind.ts'
import { labelSelectorOf } from '../selectors/label-selector.ts'
import { defaultPodSpec, validatePodSpec } from './pod-strategy.ts'

function defaultTemplate(object: KubeObject): void {
  defaultPodSpec(valueAt(object, ['spec', 'template', 'spec']))
}

function nonNegative(object: KubeObject, name: string): FieldError[] {
  const value = valueAt(object, ['spec', name])
  return typeof value === 'number' && value < 0
    ? [invalidValue(`spec.${name}`, value, 'must be greater than or equal to 0')]
    : []
}

/** Selector and template must agree, and the selector stays what it was. */
function validateWorkload(object: KubeObject, old: KubeObject | undefined): FieldError[] {
  const spec = asRecord(object['spec'])
  const errors = nonNegative(object, 'replicas')
  const selector = spec['selector']
  if (!isRecord(selector)) errors.push(required('spec.selector'))
  else if (Object.keys(selector).length === 0) {
    errors.push(invalidValue('spec.selector', selector, 'empty selector is invalid for deployment'))
  }
  const labels = asRecord(valueAt(spec, ['template', 'metadata', 'labels'])) as Record<string, string>
  if (isRecord(selector) && !labelSelectorOf(selector)(labels)) {
    errors.push(
      invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'),
    )
  }
  errors.push(...validatePodSpec(valueAt(spec, ['template', 'spec']), 'spec.template.spec'))
  const policy = valueAt(spec, ['template', 'spec', 'restartPolicy'])
  if (policy !== undefined && policy !== 'Always') {
    errors.push({
      reason: 'FieldValueNotSupported',
      field: 'spec.template.spec.restartPolicy',
      value: policy,
      detail: 'supported values: "Always"',
    })
  }
  if (old && !deepEqual(selector, valueAt(old, ['spec', 'selector']))) {
    errors.push(invalidValue('spec.selector', selector, 'field is immutable'))
  }
  return errors
}

export const deploymentStrategy: KindStrategy = {
  applyDefaults: (deployment) => {
    defaultTemplate(deployment)
    const strategy = valueAt(deployment, ['spec', 'strategy'])
    if (isRecord(strategy) && strategy['type'] === 'RollingUpdate') {
      const rolling = recordAt(strategy, ['rollingUpdate'])
      rolling['maxUnavailable'] ??= '25%'
      rolling['maxSurge'] ??= '25%'
    }
  },
  validate: (deployment, old) => {
    const errors = validateWorkload(deployment, old)
    const { type, rollingUpdate } = asRecord(valueAt(deployment, ['spec', 'strategy']))
    if (type === 'Recreate' && rollingUpdate) {
      errors.push({
        reason: 'FieldValueForbidden',
        field: 'spec.strategy.rollingUpdate',
        detail: "may not be specified when strategy `type` is 'Recreate'",
      })
    }
    return errors
  },
}

export const replicaSetStrategy: KindStrategy = { applyDefaults: defaultTemplate, validate: validateWorkload }

const uidLabels = ['controller-uid', 'batch.kubernetes.io/controller-uid']
const nameLabels = ['job-name', 'batch.kubernetes.io/job-name']

export const jobStrategy: KindStrategy = {
  applyDefaults: (job) => {
    defaultTemplate(job)
    const spec = asRecord(job['spec'])
    if (spec['completions'] === undefined && spec['parallelism'] === undefined) spec['completions'] = 1
    spec['parallelism'] ??= 1
  },
  prepareCreate: (job) => {
    const spec = asRecord(job['spec'])
    if (spec['manualSelector'] === true) return
    const uid = job.metadata.uid ?? randomUUID()
    const labels = recordAt(spec, ['template', 'metadata', 'labels'])
    for (const label of uidLabels) labels[label] ??= uid
    for (const label of nameLabels) labels[label] ??= job.metadata.name
    spec['selector'] ??= { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } }
    job.metadata.labels ??= { ...labels } as Record<string, string>
  },
  validate: (job, old) => {
    const errors = [
      ...nonNegative(job, 'parallelism'),
      ...nonNegative(job, 'completions'),
      ...nonNegative(job, 'backoffLimit'),
    ]
    errors.push(...validatePodSpec(valueAt(job, ['spec', 'template', 'spec']), 'spec.template.spec'))
    const policy = valueAt(job, ['spec', 'template', 'spec', 'restartPolicy'])
    if (policy !== 'OnFailure' && policy !== 'Never') {
      errors.push(required('spec.template.spec.restartPolicy', 'valid values: "OnFailure", "Never"'))
    }
    for (const name of ['template', 'selector'] as const) {
      if (old && !deepEqual(valueAt(job, ['spec', name]), valueAt(old, ['spec', name]))) {
        errors.push(invalidValue(`spec.${name}`, valueAt(job, ['spec', name]), 'field is immutable'))
      }
    }
    return errors
  },
}
