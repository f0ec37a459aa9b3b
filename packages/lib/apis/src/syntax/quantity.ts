import { ValueSyntaxError } from '../errors.ts'

/** An exact resource amount: `digits · 10^exponent`, with the suffix family it was written in. */
export interface Quantity {
  readonly digits: bigint
  readonly exponent: number
  readonly format: 'decimal' | 'binary' | 'exponent'
}

const patternText = '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
const numberAndSuffix = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/
const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'] as const
const binarySuffixes = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const
const smallestExponent = -9
const largestValue = 2n ** 63n - 1n
/** More than this many digits or powers of ten are capped long before they matter. */
const longestExponent = 400

/**
 * Parses a Kubernetes quantity (`500m`, `1.5Gi`, `1e3`). As in Kubernetes, what is finer than a billionth is
 * rounded away from zero and what exceeds 63 bits is capped.
 * @throws ValueSyntaxError
 */
export function parseQuantity(text: string): Quantity {
  const match = numberAndSuffix.exec(text)
  if (!match) throw malformed()
  const [, sign, whole = '', fraction = '', suffix = ''] = match
  if (whole === '' && fraction === '') throw malformed()
  const scale = suffixScale(suffix)
  if (scale === undefined) throw new ValueSyntaxError("unable to parse quantity's suffix")
  const digits = BigInt(whole + fraction) * scale.factor
  const magnitude = bounded(digits, scale.exponent - fraction.length)
  return {
    digits: sign === '-' ? -magnitude.digits : magnitude.digits,
    exponent: magnitude.exponent,
    format: scale.format,
  }
}

interface Scale {
  factor: bigint
  exponent: number
  format: Quantity['format']
}

function suffixScale(suffix: string): Scale | undefined {
  const decimal = (decimalSuffixes as readonly string[]).indexOf(suffix)
  if (decimal >= 0) return { factor: 1n, exponent: (decimal - 3) * 3, format: 'decimal' }
  const binary = (binarySuffixes as readonly string[]).indexOf(suffix)
  if (binary >= 0) return { factor: 1024n ** BigInt(binary + 1), exponent: 0, format: 'binary' }
  const exponent = /^[eE]([-+]?[0-9]+)$/.exec(suffix)
  if (!exponent) return undefined
  const power = Math.max(-longestExponent, Math.min(longestExponent, Number(exponent[1])))
  return { factor: 1n, exponent: power, format: 'exponent' }
}

function bounded(digits: bigint, exponent: number): { digits: bigint; exponent: number } {
  if (exponent < smallestExponent) {
    const divisor = 10n ** BigInt(smallestExponent - exponent)
    return bounded((digits + divisor - 1n) / divisor, smallestExponent)
  }
  const limit =
    exponent >= 0 ? largestValue / 10n ** BigInt(exponent) : largestValue * 10n ** BigInt(-exponent)
  return digits > limit ? { digits: largestValue, exponent: 0 } : { digits, exponent }
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`, by value. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  const exponent = Math.min(a.exponent, b.exponent)
  const left = a.digits * 10n ** BigInt(a.exponent - exponent)
  const right = b.digits * 10n ** BigInt(b.exponent - exponent)
  return left < right ? -1 : left > right ? 1 : 0
}

/** The amount in units of `10^exponent`, rounded away from zero: 0 gives whole units, -3 thousandths. */
export function quantityIn(quantity: Quantity, exponent: number): bigint {
  const shift = quantity.exponent - exponent
  if (shift >= 0) return quantity.digits * 10n ** BigInt(shift)
  const divisor = 10n ** BigInt(-shift)
  const quotient = quantity.digits / divisor
  if (quantity.digits % divisor === 0n) return quotient
  return quantity.digits < 0n ? quotient - 1n : quotient + 1n
}

/** The canonical text of a quantity, in which the API server stores it: `1000m` is `1`, `1024Mi` is `1Gi`. */
export function formatQuantity(quantity: Quantity): string {
  if (quantity.digits === 0n) return '0'
  if (quantity.format === 'binary') {
    const whole = quantityIn(quantity, 0)
    const exact = compareQuantities(quantity, { digits: whole, exponent: 0, format: 'binary' }) === 0
    if (exact && (whole >= 1024n || whole <= -1024n)) return formatBinary(whole)
  }
  return formatDecimal(quantity)
}

function formatBinary(value: bigint): string {
  let rest = value
  let power = 0
  while (rest % 1024n === 0n && power < binarySuffixes.length) {
    rest /= 1024n
    power++
  }
  return power === 0 ? `${rest}` : `${rest}${binarySuffixes[power - 1]}`
}

function formatDecimal({ digits, exponent, format }: Quantity): string {
  let mantissa = digits
  let power = exponent
  while (mantissa % 10n === 0n) {
    mantissa /= 10n
    power++
  }
  while (power % 3 !== 0) {
    mantissa *= 10n
    power--
  }
  if (power === 0) return `${mantissa}`
  const suffix = decimalSuffixes[power / 3 + 3]
  return format === 'exponent' || suffix === undefined ? `${mantissa}e${power}` : `${mantissa}${suffix}`
}

/** Whether two quantities written as text are equal by value; text that does not parse equals only itself. */
export function sameQuantity(a: string, b: string): boolean {
  if (a === b) return true
  try {
    return compareQuantities(parseQuantity(a), parseQuantity(b)) === 0
  } catch {
    return false
  }
}

function malformed(): ValueSyntaxError {
  return new ValueSyntaxError(`quantities must match the regular expression '${patternText}'`)
}
