/**
 * The part of OpenAPI v3 that Kubernetes uses for structural schemas, for custom resources (as read from
 * their definition) and built-in kinds (derived from the client's models) alike.
 */
export interface Schema {
  type?: string
  format?: string
  description?: string
  nullable?: boolean
  default?: unknown
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  items?: Schema
  required?: readonly string[]
  enum?: readonly unknown[]
  pattern?: string
  minimum?: number
  maximum?: number
  exclusiveMinimum?: boolean
  exclusiveMaximum?: boolean
  multipleOf?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  uniqueItems?: boolean
  minProperties?: number
  maxProperties?: number
  allOf?: readonly Schema[]
  anyOf?: readonly Schema[]
  oneOf?: readonly Schema[]
  not?: Schema
  'x-kubernetes-preserve-unknown-fields'?: boolean
  'x-kubernetes-int-or-string'?: boolean
  'x-kubernetes-embedded-resource'?: boolean
  'x-kubernetes-list-type'?: 'atomic' | 'map' | 'set'
  'x-kubernetes-list-map-keys'?: readonly string[]
  'x-kubernetes-map-type'?: 'atomic' | 'granular'
  'x-kubernetes-patch-merge-key'?: string
  'x-kubernetes-patch-strategy'?: string
  /** Name of the client model that a built-in schema comes from; tells where a `$ref` goes in OpenAPI. */
  model?: string
}

/** The schema of a member of a JSON object, declared or by `additionalProperties`. */
export function memberSchema(schema: Schema | undefined, key: string): Schema | undefined {
  const properties = schema?.properties
  if (properties && Object.hasOwn(properties, key)) return properties[key]
  const rest = schema?.additionalProperties
  return typeof rest === 'object' ? rest : undefined
}

/** True when members that the schema does not declare are kept as they are. */
export function allowsUnknown(schema: Schema | undefined): boolean {
  if (!schema) return true
  if (schema['x-kubernetes-preserve-unknown-fields'] || schema.additionalProperties) return true
  return schema.properties === undefined && schema.type !== 'object'
}
