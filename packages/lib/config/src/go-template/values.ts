import { formatFloat, goQuote } from '@knative-ts/apis'

/**
 * A value inside a template: an object is a Go struct, a `Map` a Go map, an array a slice, a function a method, null a nil
 * pointer, and undefined what Go prints as `<no value>`.
 */
export type TemplateValue = unknown

/** Whether a value counts as true in `if`, `and`, `or` and `not`: everything but Go's zero values. */
export function isTruthy(value: TemplateValue): boolean {
  if (value === undefined || value === null) return false
  if (Array.isArray(value)) return value.length > 0
  if (value instanceof Map) return value.size > 0
  if (typeof value === 'object') return true
  return Boolean(value)
}

/** The text that `{{value}}` prints, in Go's `%v` form. */
export function printed(value: TemplateValue): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return formatFloat(value)
    case 'undefined':
      return '<no value>'
    case 'object':
      if (value === null) return '<nil>'
      if (isStringer(value)) return value.String()
      if (Array.isArray(value)) return `[${value.map(printed).join(' ')}]`
      if (value instanceof Map) {
        return `map[${entriesOf(value)
          .map(([key, item]) => `${key}:${printed(item)}`)
          .join(' ')}]`
      }
      return `{${Object.values(value)
        .filter((item) => typeof item !== 'function')
        .map(printed)
        .join(' ')}}`
    default:
      return String(value)
  }
}

/** Whether a value says, by Go's method of that name, how it is printed. */
function isStringer(value: object): value is { String(): string } {
  return 'String' in value && typeof value.String === 'function'
}

/** Entries in the order in which Go walks a map: by key. */
export function entriesOf(map: ReadonlyMap<string, unknown>): [string, unknown][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

const verb = /%([-+ #0]*)([0-9]*)(?:\.([0-9]+))?([a-zA-Z%])/g

/** Go's `fmt.Sprintf` for the verbs v, s, d, q, t, x, X, f, e, g and %. */
export function sprintf(format: string, args: readonly TemplateValue[]): string {
  let next = 0
  const text = format.replace(
    verb,
    (_, flags: string, width: string, precision: string | undefined, letter: string) => {
      if (letter === '%') return '%'
      if (next >= args.length) return `%!${letter}(MISSING)`
      const body = formatVerb(
        letter,
        args[next++],
        precision === undefined ? undefined : Number(precision),
        flags,
      )
      return pad(body, Number(width || '0'), flags)
    },
  )
  if (next >= args.length) return text
  const extra = args.slice(next).map((value) => `${typeName(value)}=${printed(value)}`)
  return `${text}%!(EXTRA ${extra.join(', ')})`
}

function pad(body: string, width: number, flags: string): string {
  const wanted = Math.min(width, 1_000)
  if (flags.includes('-')) return body.padEnd(wanted)
  if (!flags.includes('0')) return body.padStart(wanted)
  const sign = /^[+-]/.exec(body)?.[0] ?? ''
  return sign + body.slice(sign.length).padStart(wanted - sign.length, '0')
}

function formatVerb(
  letter: string,
  value: TemplateValue,
  precision: number | undefined,
  flags: string,
): string {
  const bad = () => `%!${letter}(${typeName(value)}=${printed(value)})`
  const number = typeof value === 'number' ? value : undefined
  const sign = flags.includes('+') && number !== undefined && number >= 0 ? '+' : ''
  switch (letter) {
    case 'v':
      return sign + printed(value)
    case 's': {
      const text = typeof value === 'number' || typeof value === 'boolean' ? bad() : printed(value)
      return precision === undefined ? text : [...text].slice(0, precision).join('')
    }
    case 'q':
      return typeof value === 'string' ? goQuote(value) : bad()
    case 't':
      return typeof value === 'boolean' ? String(value) : bad()
    case 'd':
      return number !== undefined && Number.isInteger(number) ? sign + String(BigInt(number)) : bad()
    case 'x':
    case 'X': {
      const hex =
        typeof value === 'string'
          ? Buffer.from(value).toString('hex')
          : number !== undefined && Number.isInteger(number)
            ? number.toString(16)
            : bad()
      return letter === 'X' ? hex.toUpperCase() : hex
    }
    case 'f':
      return number === undefined ? bad() : sign + number.toFixed(Math.min(precision ?? 6, 100))
    case 'e':
      return number === undefined
        ? bad()
        : sign + number.toExponential(Math.min(precision ?? 6, 100)).replace(/e([+-])(\d)$/, 'e$10$2')
    case 'g':
      return number === undefined
        ? bad()
        : sign +
            (precision === undefined
              ? formatFloat(number)
              : String(Number(number.toPrecision(Math.min(Math.max(precision, 1), 100)))))
    default:
      return bad()
  }
}

/** Go's name for the type of a value, as error texts mention it. */
export function typeName(value: TemplateValue): string {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'boolean':
      return 'bool'
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float64'
    case 'undefined':
      return '<nil>'
    case 'object':
      if (value === null) return '<nil>'
      if (Array.isArray(value)) return '[]interface {}'
      return value instanceof Map ? 'map[string]interface {}' : 'struct {}'
    default:
      return typeof value
  }
}
