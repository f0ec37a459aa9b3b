import { type TemplateValue, typeName } from './values.ts'

/** A variable of a template; inner ones hide outer ones of the same name. */
interface Variable {
  readonly name: string
  value: TemplateValue
  readonly outer: Variable | undefined
}

/** What a part of a template sees while it runs. */
export interface Frame {
  readonly root: TemplateValue
  readonly dot: TemplateValue
  readonly variables: Variable | undefined
}

/** `frame` with one more variable. */
export function declare(frame: Frame, name: string, value: TemplateValue): Frame {
  return { ...frame, variables: { name, value, outer: frame.variables } }
}

/** Changes the innermost variable of that name. */
export function assign(frame: Frame, name: string, value: TemplateValue): void {
  const variable = find(frame, name)
  if (variable) variable.value = value
}

/** The value of a variable; `$` is the data the template was given. */
export function variableIn(frame: Frame, name: string): TemplateValue {
  const variable = find(frame, name)
  return variable || name !== '$' ? variable?.value : frame.root
}

function find(frame: Frame, name: string): Variable | undefined {
  let variable = frame.variables
  while (variable && variable.name !== name) variable = variable.outer
  return variable
}

/**
 * The field of a struct, the entry of a map, or what a method of either returns. A struct without such a field is an error;
 * a key that a map lacks is no value, whose fields are none either.
 */
export function fieldOf(owner: TemplateValue, name: string, args: readonly TemplateValue[]): TemplateValue {
  if (owner === undefined) return undefined
  if (owner === null) throw new Error(`nil pointer evaluating interface {}.${name}`)
  if (typeof owner !== 'object' || Array.isArray(owner)) {
    throw new Error(`can't evaluate field ${name} in type ${typeName(owner)}`)
  }
  const isField = Object.hasOwn(owner, name)
  if (!isField && !(owner instanceof Map)) throw new Error(`can't evaluate field ${name}`)
  const value = isField
    ? (owner as Record<string, unknown>)[name]
    : entryOf(owner as Map<unknown, unknown>, name)
  if (typeof value === 'function') return value(...args) as TemplateValue
  if (args.length > 0) throw new Error(`${name} has arguments but cannot be invoked as function`)
  return value
}

/** Not only `get`, which may give the zero value for a key that is missing. */
function entryOf(map: ReadonlyMap<unknown, unknown>, key: string): TemplateValue {
  return map.has(key) ? map.get(key) : undefined
}
