import { isRecord } from '../meta/kube-object.ts'
import { atomicModels, listRules } from './list-rules.ts'
import { modelDefaults } from './model-defaults.ts'
import { quantityFields } from './quantity-fields.ts'
import type { Schema } from './schema.ts'

interface Attribute {
  readonly baseName: string
  readonly type: string
  readonly format: string
}

const scalars: Readonly<Record<string, Schema>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  number: { type: 'number' },
  Date: { type: 'string', format: 'date-time' },
  V1MicroTime: { type: 'string', format: 'date-time' },
  MicroTime: { type: 'string', format: 'date-time' },
  any: { 'x-kubernetes-preserve-unknown-fields': true },
  object: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  IntOrString: { 'x-kubernetes-int-or-string': true },
}

const integerFormats = ['int32', 'int64']
const arrayType = /^Array<(.*)>$/
const mapType = /^\{ \[key: string\]: (.*); \}$/

/**
 * Schemas of built-in kinds, read off the attribute maps that the official client's models carry. Models
 * are loaded one file each, on `load`, so that the thousands that nobody uses cost nothing.
 */
export class ModelSchemas {
  readonly #attributes = new Map<string, readonly Attribute[]>()
  readonly #schemas = new Map<string, Schema>()

  /** Loads these models and all they refer to. */
  async load(models: readonly string[]): Promise<void> {
    await Promise.all(models.map((model) => this.#loadModel(model)))
  }

  /** The schema of a loaded model. Cyclic references are shared objects. */
  of(model: string): Schema {
    const known = this.#schemas.get(model)
    if (known) return known
    const schema: Schema = { type: 'object', model, properties: {} }
    this.#schemas.set(model, schema)
    if (atomicModels.has(model)) schema['x-kubernetes-map-type'] = 'atomic'
    for (const attribute of this.#attributes.get(model) ?? []) {
      schema.properties![attribute.baseName] = this.#member(model, attribute)
    }
    return schema
  }

  #member(model: string, { baseName, type, format }: Attribute): Schema {
    const schema = this.#ofType(type, format)
    const field = `${model}.${baseName}`
    const rule = listRules[field]
    const fallback = modelDefaults[field]
    const quantity = quantityFields.has(field)
    if (!rule && fallback === undefined && !quantity) return schema
    const own: Schema = { ...schema, ...rule }
    if (fallback !== undefined) own.default = fallback
    if (quantity && own.type === 'object') own.additionalProperties = { type: 'string', format: 'quantity' }
    else if (quantity) own.format = 'quantity'
    return own
  }

  #ofType(type: string, format: string): Schema {
    const item = arrayType.exec(type)?.[1]
    if (item) return { type: 'array', items: this.#ofType(item, format) }
    const value = mapType.exec(type)?.[1]
    if (value) return { type: 'object', additionalProperties: this.#ofType(value, format) }
    const scalar = scalars[type]
    if (!scalar) return this.of(type)
    if (type === 'number') {
      if (format === 'double') return { type: 'number', format }
      return integerFormats.includes(format) ? { type: 'integer', format } : { type: 'integer' }
    }
    return type === 'string' && format === 'byte' ? { type: 'string', format } : { ...scalar }
  }

  async #loadModel(model: string): Promise<void> {
    if (this.#attributes.has(model)) return
    this.#attributes.set(model, [])
    const loaded: unknown = await import(`@kubernetes/client-node/dist/gen/models/${model}.js`)
    const attributes = attributesOf(loaded, model)
    this.#attributes.set(model, attributes)
    const inner = attributes.map(({ type }) => referredModel(type)).filter((name) => name !== undefined)
    await Promise.all(inner.map((name) => this.#loadModel(name)))
  }
}

function referredModel(type: string): string | undefined {
  const inner = arrayType.exec(type)?.[1] ?? mapType.exec(type)?.[1]
  if (inner) return referredModel(inner)
  return scalars[type] ? undefined : type
}

function attributesOf(loaded: unknown, model: string): readonly Attribute[] {
  const type = isRecord(loaded) ? loaded[model] : undefined
  const attributes =
    typeof type === 'function' && 'attributeTypeMap' in type ? type.attributeTypeMap : undefined
  if (!Array.isArray(attributes)) throw new TypeError(`the client library has no model named ${model}`)
  return attributes as readonly Attribute[]
}
