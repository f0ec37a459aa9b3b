import { ValueSyntaxError } from '../errors.ts'
import { goQuote } from './go-quote.ts'

export const maxInt32 = 2_147_483_647
export const minInt32 = -2_147_483_648
const maxInt64 = 2n ** 63n - 1n
const minInt64 = -(2n ** 63n)

const trueTexts = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const falseTexts = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

/** Parses a boolean as Go's `strconv.ParseBool` does. @throws ValueSyntaxError */
export function parseBool(text: string): boolean {
  if (trueTexts.has(text)) return true
  if (falseTexts.has(text)) return false
  throw syntaxError('ParseBool', text)
}

/** Parses a base-10 integer of 32 bits. @throws ValueSyntaxError */
export function parseInt32(text: string): number {
  const value = parseInteger('ParseInt', text)
  if (value > BigInt(maxInt32) || value < BigInt(minInt32)) throw rangeError('ParseInt', text)
  return Number(value)
}

/**
 * Parses a base-10 integer of 64 bits. Beyond 2^53 the result is the nearest double.
 * @throws ValueSyntaxError
 */
export function parseInt64(text: string): number {
  const value = parseInteger('ParseInt', text)
  if (value > maxInt64 || value < minInt64) throw rangeError('ParseInt', text)
  return Number(value)
}

/** Whether the text is a well-formed base-10 integer, of any size. */
export function isInteger(text: string): boolean {
  return /^[+-]?[0-9]+$/.test(text)
}

function parseInteger(parser: string, text: string): bigint {
  if (!isInteger(text)) throw syntaxError(parser, text)
  return BigInt(text.startsWith('+') ? text.slice(1) : text)
}

const decimalFloat =
  /^[+-]?([0-9]+(_[0-9]+)*\.?([0-9]+(_[0-9]+)*)?|\.[0-9]+(_[0-9]+)*)([eE][+-]?[0-9]+(_[0-9]+)*)?$/
const hexFloat = /^([+-]?)0[xX]([0-9a-fA-F_]*)\.?([0-9a-fA-F_]*)[pP]([+-]?[0-9]+)$/
const infinity = /^([+-]?)inf(inity)?$/i

/** Parses a 64-bit float as Go's `strconv.ParseFloat` does. @throws ValueSyntaxError */
export function parseFloat64(text: string): number {
  if (decimalFloat.test(text)) {
    const value = Number(text.replaceAll('_', ''))
    if (!Number.isFinite(value)) throw rangeError('ParseFloat', text)
    return value
  }
  const named = infinity.exec(text)
  if (named) return named[1] === '-' ? -Infinity : Infinity
  if (/^nan$/i.test(text)) return Number.NaN
  const hex = hexFloat.exec(text)
  if (hex) {
    const whole = hex[2]!.replaceAll('_', '')
    const fraction = hex[3]!.replaceAll('_', '')
    if (whole + fraction !== '') {
      const mantissa = Number(BigInt(`0x${whole}${fraction}`))
      const value = mantissa * 2 ** (Number(hex[4]) - 4 * fraction.length)
      if (!Number.isFinite(value)) throw rangeError('ParseFloat', text)
      return hex[1] === '-' ? -value : value
    }
  }
  throw syntaxError('ParseFloat', text)
}

/** A float as Go's `%v` prints it: shortest form, exponents below 1e-4 and from 1e21. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const magnitude = Math.abs(value)
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e21)) {
    const [mantissa = '', exponent = ''] = value.toExponential().split('e')
    return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`
  }
  return Object.is(value, -0) ? '-0' : String(value)
}

/** A float with six decimals, as Go's `%f`. */
export function formatFixed(value: number): string {
  if (!Number.isFinite(value)) return formatFloat(value)
  return Math.abs(value) < 1e21 ? value.toFixed(6) : `${BigInt(value)}.000000`
}

function syntaxError(parser: string, text: string): ValueSyntaxError {
  return new ValueSyntaxError(`strconv.${parser}: parsing ${goQuote(text)}: invalid syntax`)
}

function rangeError(parser: string, text: string): ValueSyntaxError {
  return new ValueSyntaxError(`strconv.${parser}: parsing ${goQuote(text)}: value out of range`)
}
