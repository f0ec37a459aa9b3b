import { isTruthy, printed, sprintf, type TemplateValue, typeName } from './values.ts'

/** A function of the template language; it throws an `Error` whose message says what is wrong. */
export type TemplateFunction = (...args: readonly TemplateValue[]) => TemplateValue

/** Go's predefined template functions; `and` and `or` are not here, since they skip arguments. */
export const templateFunctions: Readonly<Record<string, TemplateFunction>> = {
  not: (value) => !isTruthy(value),
  eq: (first, ...others) => {
    if (others.length === 0) throw new Error('missing argument for comparison')
    return others.some((other) => equal(first, other))
  },
  ne: (a, b) => !equal(a, b),
  lt: (a, b) => compare(a, b) < 0,
  le: (a, b) => compare(a, b) <= 0,
  gt: (a, b) => compare(a, b) > 0,
  ge: (a, b) => compare(a, b) >= 0,
  len: (value) => lengthOf(value),
  index: (container, ...keys) => keys.reduce(indexed, container),
  slice: (value, from, to) => sliced(value, from, to),
  print: (...args) => printJoined(args),
  println: (...args) => `${args.map(printed).join(' ')}\n`,
  printf: (format, ...args) => {
    if (typeof format !== 'string') throw new Error(`printf needs a string, not ${typeName(format)}`)
    return sprintf(format, args)
  },
  js: (...args) => escapeWith(printJoined(args), jsEscape),
  html: (...args) => escapeWith(printJoined(args), htmlEscape),
  urlquery: (...args) =>
    encodeURIComponent(printJoined(args).toWellFormed())
      .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll('%20', '+'),
}

/** How many arguments each function takes: at least, and at most if that is bounded. */
export const functionArity: Readonly<Record<string, readonly [number, number]>> = {
  and: [1, Infinity],
  or: [1, Infinity],
  not: [1, 1],
  eq: [1, Infinity],
  ne: [2, 2],
  lt: [2, 2],
  le: [2, 2],
  gt: [2, 2],
  ge: [2, 2],
  len: [1, 1],
  index: [1, Infinity],
  slice: [1, 3],
  print: [0, Infinity],
  println: [0, Infinity],
  printf: [1, Infinity],
  js: [0, Infinity],
  html: [0, Infinity],
  urlquery: [0, Infinity],
}

function equal(a: TemplateValue, b: TemplateValue): boolean {
  if (isNil(a) || isNil(b)) return isNil(a) && isNil(b)
  if (typeof a !== typeof b) throw new Error('incompatible types for comparison')
  if (typeof a === 'object') throw new Error('non-comparable type: it is neither text, number nor boolean')
  return a === b
}

function isNil(value: TemplateValue): boolean {
  return value === undefined || value === null
}

function compare(a: TemplateValue, b: TemplateValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  if (typeof a !== typeof b) throw new Error('incompatible types for comparison')
  throw new Error('invalid type for comparison')
}

function lengthOf(value: TemplateValue): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (Array.isArray(value)) return value.length
  if (value instanceof Map) return value.size
  throw new Error(`len of type ${typeName(value)}`)
}

function indexed(container: TemplateValue, key: TemplateValue): TemplateValue {
  if (isNil(container)) throw new Error('index of untyped nil')
  if (Array.isArray(container)) {
    if (typeof key !== 'number' || !Number.isInteger(key)) {
      throw new Error(`cannot index slice/array with type ${typeName(key)}`)
    }
    if (key < 0 || key >= container.length) throw new Error(`index out of range: ${key}`)
    return container[key]
  }
  if (typeof container === 'string') {
    const bytes = Buffer.from(container)
    if (typeof key !== 'number' || key < 0 || key >= bytes.length)
      throw new Error(`index out of range: ${printed(key)}`)
    return bytes[key]
  }
  if (!(container instanceof Map)) throw new Error(`can't index item of type ${typeName(container)}`)
  if (typeof key !== 'string') throw new Error(`value has type ${typeName(key)}; should be string`)
  return container.get(key) ?? ''
}

function sliced(value: TemplateValue, from: TemplateValue, to: TemplateValue): TemplateValue {
  const source = typeof value === 'string' ? Buffer.from(value) : value
  if (!Array.isArray(source) && !Buffer.isBuffer(source)) throw new Error(`slice of type ${typeName(value)}`)
  const start = from ?? 0
  const end = to ?? source.length
  if (typeof start !== 'number' || typeof end !== 'number')
    throw new Error('cannot slice with a non-integer index')
  if (start < 0 || end > source.length || start > end) throw new Error(`index out of range: ${start}:${end}`)
  return Buffer.isBuffer(source) ? source.subarray(start, end).toString() : source.slice(start, end)
}

/** `fmt.Sprint`: a space between two neighbours when neither is text. */
function printJoined(args: readonly TemplateValue[]): string {
  return args.reduce<string>((text, value, i) => {
    const spaced = i > 0 && typeof value !== 'string' && typeof args[i - 1] !== 'string'
    return text + (spaced ? ' ' : '') + printed(value)
  }, '')
}

function escapeWith(text: string, escapes: { pattern: RegExp; of: (character: string) => string }): string {
  return text.replace(escapes.pattern, escapes.of)
}

const jsNamed: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
}

const jsEscape = {
  pattern: /[\\'"<>&=]|\p{Cc}|\P{ASCII}/gu,
  of: (character: string): string => {
    const named = jsNamed[character]
    if (named !== undefined) return named
    const code = character.codePointAt(0)!
    if (code >= 0x80 && /[^\p{C}\p{Z}]/u.test(character)) return character
    return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`
  },
}

const htmlNamed: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
}

const htmlEscape = { pattern: /[\0"'&<>]/g, of: (character: string): string => htmlNamed[character]! }
