/** A structural OpenAPI v3 schema, as far as our CRDs use it. */
export interface Schema {
  type?: 'object' | 'array' | 'string' | 'integer' | 'boolean' | 'number'
  format?: string
  description?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  additionalProperties?: Schema
  enum?: string[]
  default?: unknown
  pattern?: string
  anyOf?: Schema[]
  'x-kubernetes-int-or-string'?: true
  'x-kubernetes-preserve-unknown-fields'?: true
  'x-kubernetes-list-type'?: 'map' | 'atomic' | 'set'
  'x-kubernetes-list-map-keys'?: string[]
  'x-kubernetes-map-type'?: 'atomic'
}

/** Pattern of a Kubernetes resource quantity. */
const quantityPattern =
  '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$'

export const text = (description: string, more: Schema = {}): Schema => ({
  type: 'string',
  description,
  ...more,
})
export const flag = (description: string): Schema => ({ type: 'boolean', description })
export const int32 = (description: string): Schema => ({ type: 'integer', format: 'int32', description })
export const int64 = (description: string): Schema => ({ type: 'integer', format: 'int64', description })
export const intOrString = (description: string): Schema => ({
  description,
  anyOf: [{ type: 'integer' }, { type: 'string' }],
  'x-kubernetes-int-or-string': true,
})
export const quantity = (description: string): Schema => ({
  ...intOrString(description),
  pattern: quantityPattern,
})
export const list = (items: Schema, description: string): Schema => ({ type: 'array', description, items })
/** A list whose entries are told apart by `keys`; the API server refuses duplicates. */
export const listByKey = (items: Schema, keys: string[], description: string): Schema => ({
  ...list(items, description),
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': keys,
})
export const mapOf = (values: Schema, description: string): Schema => ({
  type: 'object',
  description,
  additionalProperties: values,
})
export const object = (
  properties: Record<string, Schema>,
  description: string,
  required?: string[],
): Schema => ({
  type: 'object',
  description,
  properties,
  ...(required ? { required } : {}),
})
/** An object whose content the API server passes through unseen. */
export const opaque = (description: string): Schema => ({
  type: 'object',
  description,
  'x-kubernetes-preserve-unknown-fields': true,
})
