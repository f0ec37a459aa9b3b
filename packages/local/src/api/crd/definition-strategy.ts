import { deepEqual } from '../meta/deep-equal.ts'
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../meta/field-error.ts'
import {
  asArray,
  asRecord,
  type JsonRecord,
  type KubeObject,
  timestamp,
  valueAt,
} from '../meta/kube-object.ts'
import { nameProblems } from '../meta/names.ts'
import type { KindStrategy } from '../resources/resource-kind.ts'
import { compilePattern } from '../schema/pattern.ts'
import { compileJsonPath } from '../table/json-path.ts'

/** Holds a deleted CustomResourceDefinition until its objects are gone. */
export const definitionCleanup = 'customresourcecleanup.apiextensions.k8s.io'

/** CustomResourceDefinitions: names are completed and accepted, and served, in the very write. */
export const definitionStrategy: KindStrategy = {
  applyDefaults: (definition) => {
    const spec = asRecord(definition['spec'])
    const names = asRecord(spec['names'])
    if (typeof names['kind'] === 'string') {
      names['singular'] ||= names['kind'].toLowerCase()
      names['listKind'] ||= `${names['kind']}List`
    }
  },
  prepareCreate: (definition, nowMs) => {
    const finalizers = definition.metadata.finalizers ?? []
    if (!finalizers.includes(definitionCleanup))
      definition.metadata.finalizers = [...finalizers, definitionCleanup]
    definition['status'] = statusOf(definition, undefined, nowMs)
  },
  prepareUpdate: (definition, old, nowMs) => {
    definition['status'] = statusOf(definition, asRecord(old['status']), nowMs)
  },
  validate: validateDefinition,
}

function statusOf(definition: KubeObject, old: JsonRecord | undefined, nowMs: number): JsonRecord {
  const stored = asArray(valueAt(definition, ['spec', 'versions']))
    .map(asRecord)
    .find((version) => version['storage'])
  const before = asArray(old?.['storedVersions'])
  const name = stored?.['name']
  const condition = (type: string, reason: string, message: string) => ({
    type,
    status: 'True',
    lastTransitionTime: timestamp(nowMs),
    reason,
    message,
  })
  return {
    ...old,
    acceptedNames: structuredClone(valueAt(definition, ['spec', 'names'])),
    conditions: old?.['conditions'] ?? [
      condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
      condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
    ],
    storedVersions: before.includes(name) || name === undefined ? before : [...before, name],
  }
}

function validateDefinition(definition: KubeObject, old: KubeObject | undefined): FieldError[] {
  const spec = asRecord(definition['spec'])
  const names = asRecord(spec['names'])
  const errors: FieldError[] = []
  for (const field of ['plural', 'kind']) if (!names[field]) errors.push(required(`spec.names.${field}`))
  if (!spec['group']) errors.push(required('spec.group'))
  if (!['Cluster', 'Namespaced'].includes(String(spec['scope']))) {
    errors.push(notSupported('spec.scope', spec['scope'] ?? '', ['Cluster', 'Namespaced']))
  }
  const expected = `${String(names['plural'])}.${String(spec['group'])}`
  if (definition.metadata.name !== expected) {
    errors.push(
      invalidValue('metadata.name', definition.metadata.name, `must be spec.names.plural+"."+spec.group`),
    )
  }
  const versions = asArray(spec['versions']).map(asRecord)
  if (versions.length === 0) errors.push(required('spec.versions', 'must have at least one version'))
  else if (versions.filter((version) => version['storage']).length !== 1) {
    errors.push(
      invalidValue(
        'spec.versions',
        versions.map((version) => version['name']),
        'must have exactly one version marked as storage version',
      ),
    )
  }
  for (const [i, version] of versions.entries())
    errors.push(...validateVersion(version, `spec.versions[${i}]`))
  if (asRecord(spec['conversion'])['strategy'] === 'Webhook') {
    errors.push(
      forbiddenField('spec.conversion.strategy', 'conversion webhooks are not supported here: use None'),
    )
  }
  if (old) {
    for (const path of [['group'], ['scope'], ['names', 'kind'], ['names', 'plural']]) {
      const value = valueAt(spec, path)
      if (!deepEqual(value, valueAt(old['spec'], path))) {
        errors.push(invalidValue(`spec.${path.join('.')}`, value, 'field is immutable'))
      }
    }
  }
  return errors
}

function validateVersion(version: JsonRecord, path: string): FieldError[] {
  const errors: FieldError[] = []
  for (const problem of nameProblems(String(version['name'] ?? ''), 'label1035')) {
    errors.push(invalidValue(`${path}.name`, version['name'] ?? '', problem))
  }
  const schema = valueAt(version, ['schema', 'openAPIV3Schema'])
  if (schema === undefined) errors.push(required(`${path}.schema.openAPIV3Schema`, 'schemas are required'))
  else errors.push(...validateStructure(asRecord(schema), `${path}.schema.openAPIV3Schema`))
  for (const [i, column] of asArray(version['additionalPrinterColumns']).map(asRecord).entries()) {
    try {
      compileJsonPath(String(column['jsonPath'] ?? ''))
    } catch (error) {
      errors.push(
        invalidValue(
          `${path}.additionalPrinterColumns[${i}].jsonPath`,
          column['jsonPath'] ?? '',
          error instanceof Error ? error.message : String(error),
        ),
      )
    }
  }
  return errors
}

/** A structural schema has a type everywhere, unless a field is free of one by declaration. */
function validateStructure(schema: JsonRecord, path: string): FieldError[] {
  const errors: FieldError[] = []
  const typeless = schema['x-kubernetes-int-or-string'] || schema['x-kubernetes-preserve-unknown-fields']
  if (!schema['type'] && !typeless)
    errors.push(required(`${path}.type`, 'must not be empty for specified object fields'))
  for (const [key, member] of Object.entries(asRecord(schema['properties']))) {
    errors.push(...validateStructure(asRecord(member), `${path}.properties[${key}]`))
  }
  if (schema['type'] === 'array' && schema['items'] === undefined)
    errors.push(required(`${path}.items`, 'must be specified'))
  if (schema['items'] !== undefined)
    errors.push(...validateStructure(asRecord(schema['items']), `${path}.items`))
  if (typeof schema['pattern'] === 'string') {
    try {
      compilePattern(schema['pattern'])
    } catch {
      errors.push(invalidValue(`${path}.pattern`, schema['pattern'], 'must be a valid regular expression'))
    }
  }
  return errors
}
