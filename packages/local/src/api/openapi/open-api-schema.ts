import type { Schema } from '../schema/schema.ts'
import { modelName } from './schema-names.ts'

/** What is known of a model beyond its types: texts, and which fields are required. */
export interface ModelNotes {
  readonly description: string | undefined
  readonly fields: ReadonlyMap<
    string,
    { readonly description: string | undefined; readonly required: boolean }
  >
}

/** Writes schemas as OpenAPI, gathering the models they refer to. */
export class OpenApiSchemas {
  readonly definitions: Record<string, object> = {}
  readonly #prefix: string
  readonly #notes: (model: string) => ModelNotes | undefined

  /** `prefix` is where definitions will stand: `#/definitions/` or `#/components/schemas/`. */
  constructor(prefix: string, notes: (model: string) => ModelNotes | undefined) {
    this.#prefix = prefix
    this.#notes = notes
  }

  /** Adds a root schema under a name, with extensions of its own. */
  define(name: string, schema: Schema, extensions: object): void {
    this.definitions[name] = { ...this.#body(schema), ...extensions }
  }

  /** A schema where it is used: a reference for models, which are defined along the way. */
  use(schema: Schema): object {
    if (!schema.model) return this.#body(schema)
    const name = modelName(schema.model)
    if (!(name in this.definitions)) {
      this.definitions[name] = {}
      this.definitions[name] = this.#body(schema)
    }
    const reference = { $ref: this.#prefix + name }
    const { description, default: fallback } = schema
    if (description === undefined && fallback === undefined) return reference
    return {
      allOf: [reference],
      ...(description ? { description } : {}),
      ...(fallback === undefined ? {} : { default: fallback }),
    }
  }

  #body(schema: Schema): object {
    const { model, properties, items, additionalProperties, format, ...rest } = schema
    const notes = model === undefined ? undefined : this.#notes(model)
    const required = [...(notes?.fields ?? [])].filter(([, field]) => field.required).map(([name]) => name)
    return {
      ...(notes?.description ? { description: notes.description } : {}),
      ...(required.length > 0 ? { required } : {}),
      ...rest,
      ...(schema['x-kubernetes-int-or-string']
        ? { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] }
        : {}),
      ...(format && format !== 'quantity' ? { format } : {}),
      ...(properties ? { properties: this.#properties(properties, notes) } : {}),
      ...(items ? { items: this.use(items) } : {}),
      ...(typeof additionalProperties === 'object'
        ? { additionalProperties: this.use(additionalProperties) }
        : additionalProperties === undefined
          ? {}
          : { additionalProperties }),
    }
  }

  #properties(properties: Record<string, Schema>, notes: ModelNotes | undefined): Record<string, object> {
    return Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => {
        const description = notes?.fields.get(name)?.description
        return [name, this.use(description && !schema.description ? { ...schema, description } : schema)]
      }),
    )
  }
}
