import { isRecord } from '../meta/kube-object.ts'

type Step = (values: unknown[]) => unknown[]

/** A compiled path: all values that it finds in a document. */
export type JsonPath = (document: unknown) => unknown[]

/**
 * Compiles the JSONPath dialect of `kubectl` and of printer columns: `.a.b`, `.a\.b`, `['a.b']`, `[0]`, `[-1]`,
 * `[1:3]`, `[*]`, `..name` and `[?(@.type=="Ready")]`. Throws `SyntaxError`.
 */
export function compileJsonPath(path: string): JsonPath {
  const text = path
    .trim()
    .replace(/^\{(.*)\}$/s, '$1')
    .replace(/^\$/, '')
  const steps: Step[] = []
  let at = 0
  while (at < text.length) {
    if (text.startsWith('..', at)) {
      at += 2
      const name = readName(text, at)
      steps.push(descend(name.value))
      at = name.end
    } else if (text[at] === '.') {
      at++
      if (text[at] === '[' || at === text.length) continue
      const name = readName(text, at)
      steps.push(name.value === '*' ? everything : member(name.value))
      at = name.end
    } else if (text[at] === '[') {
      const end = closingBracket(text, at)
      steps.push(subscript(text.slice(at + 1, end).trim(), path))
      at = end + 1
    } else if (at === 0) {
      const name = readName(text, at)
      steps.push(member(name.value))
      at = name.end
    } else {
      throw new SyntaxError(`unexpected ${JSON.stringify(text[at])} in JSONPath ${JSON.stringify(path)}`)
    }
  }
  return (document) => steps.reduce<unknown[]>((values, step) => step(values), [document])
}

function readName(text: string, start: number): { value: string; end: number } {
  let value = ''
  let at = start
  while (at < text.length && text[at] !== '.' && text[at] !== '[') {
    if (text[at] === ']') throw new SyntaxError(`unexpected ']' in JSONPath ${JSON.stringify(text)}`)
    if (text[at] === '\\') at++
    value += text[at] ?? ''
    at++
  }
  if (value === '') throw new SyntaxError(`a name is missing in JSONPath ${JSON.stringify(text)}`)
  return { value, end: at }
}

function closingBracket(text: string, start: number): number {
  let quote = ''
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const char = text[at]!
    if (quote) {
      if (char === quote) quote = ''
    } else if (char === '"' || char === "'") quote = char
    else if (char === '[') depth++
    else if (char === ']' && --depth === 0) return at
  }
  throw new SyntaxError(`unterminated '[' in JSONPath ${JSON.stringify(text)}`)
}

function subscript(inside: string, path: string): Step {
  if (inside === '*') return everything
  const filter = /^\?\((.*)\)$/s.exec(inside)
  if (filter) return where(filter[1]!)
  const quoted = /^(['"])(.*)\1$/s.exec(inside)
  if (quoted) return member(quoted[2]!.replace(/\\(.)/gs, '$1'))
  const slice = /^(-?\d*):(-?\d*)$/.exec(inside)
  if (slice) {
    const [from, to] = [slice[1] ? Number(slice[1]) : 0, slice[2] ? Number(slice[2]) : undefined]
    return (values) => values.flatMap((value) => (Array.isArray(value) ? value.slice(from, to) : []))
  }
  if (/^-?\d+$/.test(inside)) {
    const index = Number(inside)
    return (values) =>
      values.flatMap((value) => {
        const item: unknown = Array.isArray(value) ? value.at(index) : undefined
        return item === undefined ? [] : [item]
      })
  }
  throw new SyntaxError(`cannot read [${inside}] in JSONPath ${JSON.stringify(path)}`)
}

const everything: Step = (values) => values.flatMap(childrenOf)

function childrenOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  return isRecord(value) ? Object.values(value) : []
}

function member(name: string): Step {
  return (values) =>
    values.flatMap((value) => (isRecord(value) && Object.hasOwn(value, name) ? [value[name]] : []))
}

function descend(name: string): Step {
  const find = (value: unknown): unknown[] => {
    const here = isRecord(value) && Object.hasOwn(value, name) ? [value[name]] : []
    return [...here, ...childrenOf(value).flatMap(find)]
  }
  return (values) => values.flatMap(find)
}

const comparison = /^\s*(.+?)\s*(==|!=|<=|>=|<|>)\s*(.+?)\s*$/s

function where(expression: string): Step {
  const match = comparison.exec(expression)
  if (!match) {
    const exists = operand(expression.trim())
    return (values) => values.flatMap(childrenOf).filter((item) => exists(item) !== undefined)
  }
  const [left, right] = [operand(match[1]!), operand(match[3]!)]
  const holds = comparators[match[2]!]!
  return (values) =>
    values.flatMap(childrenOf).filter((item) => {
      const [a, b] = [left(item), right(item)]
      return a !== undefined && b !== undefined && holds(a, b)
    })
}

function operand(text: string): (item: unknown) => unknown {
  if (text.startsWith('@')) {
    const path = compileJsonPath(text.slice(1) || '.')
    return (item) => path(item)[0]
  }
  const quoted = /^(['"])(.*)\1$/s.exec(text)
  if (quoted) return () => quoted[2]
  const literal: unknown = text === 'true' ? true : text === 'false' ? false : Number(text)
  if (Number.isNaN(literal)) throw new SyntaxError(`cannot read ${JSON.stringify(text)} in a JSONPath filter`)
  return () => literal
}

type Comparator = (a: unknown, b: unknown) => boolean

const ordered =
  (holds: (a: number | string, b: number | string) => boolean): Comparator =>
  (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return holds(a, b)
    return typeof a === 'string' && typeof b === 'string' && holds(a, b)
  }

const comparators: Readonly<Record<string, Comparator>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': ordered((a, b) => a < b),
  '<=': ordered((a, b) => a <= b),
  '>': ordered((a, b) => a > b),
  '>=': ordered((a, b) => a >= b),
}
