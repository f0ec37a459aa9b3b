import { formatQuantity, parseQuantity } from '@knative-ts/apis'
import { DecodeError } from '../errors.ts'

/**
 * Turns JSON into the value that the typed API object would encode to. Undefined means that the field is
 * left out.
 */
export type Decoder = (value: unknown, path: string) => unknown

type JsonObject = Record<string, unknown>

/** Anything, as it is. */
export const anything: Decoder = (value) => value ?? undefined

/** Text; empty text is the same as none. */
export const text: Decoder = (value, path) => requireType<string>(value, 'string', path) || undefined

/** Text that may be given as empty. */
export const nullableText: Decoder = (value, path) => requireType<string>(value, 'string', path)

/** A boolean; false is the same as none. */
export const flag: Decoder = (value, path) => requireType<boolean>(value, 'boolean', path) || undefined

/** A boolean that may be given as false. */
export const nullableFlag: Decoder = (value, path) => requireType<boolean>(value, 'boolean', path)

/** A whole number; 0 is the same as none. */
export const integer: Decoder = (value, path) => nullableInteger(value, path) || undefined

/** A whole number that may be given as 0. */
export const nullableInteger: Decoder = (value, path) => {
  const number = requireType<number>(value, 'number', path)
  if (number !== undefined && !Number.isInteger(number)) throw new DecodeError(path, 'an integer', value)
  return number
}

/** A number or a name, as ports are given. */
export const integerOrText: Decoder = (value, path) =>
  typeof value === 'string' ? value : nullableInteger(value, path)

/** A resource quantity, in its canonical form. */
export const quantity: Decoder = (value, path) => {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string' && typeof value !== 'number') throw new DecodeError(path, 'a quantity', value)
  try {
    return formatQuantity(parseQuantity(String(value)))
  } catch {
    throw new DecodeError(path, `a quantity, which "${value}" is not`, value)
  }
}

/** A list; an empty one is the same as none. */
export function list(item: Decoder): Decoder {
  return (value, path) => {
    if (value === undefined || value === null) return undefined
    if (!Array.isArray(value)) throw new DecodeError(path, 'a list', value)
    return value.length === 0 ? undefined : value.map((entry, i) => decodeEntry(item, entry, `${path}[${i}]`))
  }
}

/** A map from text; an empty one is the same as none. */
export function map(item: Decoder): Decoder {
  return (value, path) => {
    const entries = Object.entries(requireObject(value, path) ?? {})
    if (entries.length === 0) return undefined
    return Object.fromEntries(
      entries.map(([key, entry]) => [key, decodeEntry(item, entry, `${path}.${key}`)]),
    )
  }
}

/** An entry that would be left out of an object still holds its place in a list or map. */
function decodeEntry(item: Decoder, entry: unknown, path: string): unknown {
  if (entry === null) throw new DecodeError(path, 'a value', entry)
  return item(entry, path) ?? entry
}

/** An object with these fields; others are dropped. An object given as empty stays. */
export function struct(fields: Readonly<Record<string, Decoder>>): Decoder {
  return (value, path) => {
    const object = requireObject(value, path)
    if (object === undefined) return undefined
    const decoded: JsonObject = {}
    for (const [name, raw] of Object.entries(object)) {
      const decoder = Object.hasOwn(fields, name) ? fields[name] : undefined
      const result = decoder?.(raw, path === '' ? name : `${path}.${name}`)
      if (result !== undefined) decoded[name] = result
    }
    return decoded
  }
}

function requireType<T extends string | number | boolean>(
  value: unknown,
  type: 'string' | 'number' | 'boolean',
  path: string,
): T | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== type) throw new DecodeError(path, `a ${type}`, value)
  return value as T
}

function requireObject(value: unknown, path: string): JsonObject | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'object' || Array.isArray(value)) throw new DecodeError(path, 'an object', value)
  return value as JsonObject
}
