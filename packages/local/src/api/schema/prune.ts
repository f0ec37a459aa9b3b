import { isRecord, type JsonRecord } from '../meta/kube-object.ts'
import { allowsUnknown, memberSchema, type Schema } from './schema.ts'

/**
 * Removes, in place, members that the schema does not know; those below `preserve-unknown-fields` stay.
 * Returns their paths (`spec.foo`, `spec.list[0].bar`), sorted as met. `dropNulls` also removes null members, as decoding
 * a built-in kind does. The schema of an embedded resource is joined with `embedded`, that of any object.
 */
export function prune(
  value: unknown,
  schema: Schema,
  options: { dropNulls?: boolean; embedded?: Schema } = {},
): string[] {
  const unknown: string[] = []
  walk(value, schema, '')
  return unknown

  function walk(at: unknown, known: Schema | undefined, path: string): void {
    if (Array.isArray(at)) {
      for (const [i, item] of at.entries()) walk(item, known?.items, `${path}[${i}]`)
    } else if (isRecord(at)) walkRecord(at, known, path)
  }

  function walkRecord(at: JsonRecord, known: Schema | undefined, path: string): void {
    const keep = allowsUnknown(known)
    for (const key of Object.keys(at)) {
      const child = path === '' ? key : `${path}.${key}`
      const member = memberOf(known, key)
      if (options.dropNulls && at[key] === null && known && !isFreeForm(known)) delete at[key]
      else if (member) walk(at[key], member, child)
      else if (!keep) {
        unknown.push(child)
        delete at[key]
      }
    }
  }

  function memberOf(known: Schema | undefined, key: string): Schema | undefined {
    if (known?.['x-kubernetes-embedded-resource']) {
      const embedded = memberSchema(options.embedded, key)
      if (embedded) return embedded
    }
    return memberSchema(known, key)
  }
}

function isFreeForm(schema: Schema): boolean {
  return schema['x-kubernetes-preserve-unknown-fields'] === true || schema.type === undefined
}
