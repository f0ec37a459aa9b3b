import type { ResourceKind } from '../resources/resource-kind.ts'

const metaModels = new Set([
  'DeleteOptions',
  'LabelSelector',
  'LabelSelectorRequirement',
  'ListMeta',
  'ManagedFieldsEntry',
  'ObjectMeta',
  'OwnerReference',
  'Preconditions',
  'Status',
  'StatusCause',
  'StatusDetails',
  'Condition',
])

/** The OpenAPI name of a client model: `V1ObjectMeta` is `io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta`. */
export function modelName(model: string): string {
  const [, area = '', version = '1', name = model] = /^([A-Za-z]*?)V(\d)(.+)$/.exec(model) ?? []
  if (metaModels.has(name) && area === '') return `io.k8s.apimachinery.pkg.apis.meta.v${version}.${name}`
  return `io.k8s.api.${area ? `${area.toLowerCase()}.` : ''}v${version}.${name}`
}

/** The OpenAPI name of a kind's schema. */
export function kindSchemaName(kind: ResourceKind): string {
  if (kind.schema.model) return modelName(kind.schema.model)
  return `${kind.group.split('.').reverse().join('.')}.${kind.version}.${kind.kind}`
}
