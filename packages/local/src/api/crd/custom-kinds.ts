import {
  asArray,
  asRecord,
  asString,
  type JsonRecord,
  type KubeObject,
  valueAt,
} from '../meta/kube-object.ts'
import type { ResourceKind, ScalePaths } from '../resources/resource-kind.ts'
import type { Schema } from '../schema/schema.ts'
import { customColumns } from '../table/custom-columns.ts'

/** Where the objects of a CustomResourceDefinition are kept. */
export function customStorageKey(definition: KubeObject): string {
  const spec = asRecord(definition['spec'])
  return `${String(spec['group'])}/${String(asRecord(spec['names'])['plural'])}`
}

/** The kinds that a CustomResourceDefinition serves, one for each served version. `metadata` is the schema of object metadata. */
export function customKinds(definition: KubeObject, metadata: Schema): ResourceKind[] {
  const spec = asRecord(definition['spec'])
  return asArray(spec['versions'])
    .map(asRecord)
    .filter((version) => version['served'] === true)
    .map((version) => customKind(definition, spec, version, metadata))
}

function customKind(
  definition: KubeObject,
  spec: JsonRecord,
  version: JsonRecord,
  metadata: Schema,
): ResourceKind {
  const names = asRecord(spec['names'])
  const subresources = asRecord(version['subresources'])
  const kind = String(names['kind'])
  return {
    group: String(spec['group']),
    version: String(version['name']),
    kind,
    plural: String(names['plural']),
    singular: asString(names['singular']) ?? kind.toLowerCase(),
    listKind: asString(names['listKind']) ?? `${kind}List`,
    shortNames: asArray(names['shortNames']).map(String),
    categories: asArray(names['categories']).map(String),
    namespaced: spec['scope'] === 'Namespaced',
    custom: true,
    status: subresources['status'] !== undefined,
    generation: true,
    scale: scalePaths(subresources['scale']),
    subresources: [],
    storageKey: customStorageKey(definition),
    schema: rootSchema(valueAt(version, ['schema', 'openAPIV3Schema']), metadata),
    columns: customColumns(version['additionalPrinterColumns']),
    selectableFields: asArray(version['selectableFields']).map((field) =>
      String(asRecord(field)['jsonPath']).replace(/^\./, ''),
    ),
    strategy: {},
    conversion: undefined,
  }
}

function rootSchema(declared: unknown, metadata: Schema): Schema {
  const schema = asRecord(declared) as Schema
  const properties: Record<string, Schema> = {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    ...schema.properties,
    metadata,
  }
  return { ...schema, type: 'object', properties }
}

function scalePaths(scale: unknown): ScalePaths | undefined {
  if (scale === undefined) return undefined
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = asRecord(scale)
  const path = (value: unknown) => String(value).replace(/^\./, '')
  return {
    specReplicas: path(specReplicasPath),
    statusReplicas: path(statusReplicasPath),
    labelSelector: labelSelectorPath ? path(labelSelectorPath) : undefined,
  }
}
