import { ValueSyntaxError } from '../errors.ts'
import { goQuote } from './go-quote.ts'

const maxNs = 2n ** 63n - 1n
export const nsPerSecond = 1_000_000_000n

const unitNs: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  '\u00b5s': 1_000n,
  '\u03bcs': 1_000n,
  ms: 1_000_000n,
  s: nsPerSecond,
  m: 60n * nsPerSecond,
  h: 3_600n * nsPerSecond,
}

const part = /([0-9]*)(?:\.([0-9]*))?([^0-9.]*)/y

/**
 * Parses a duration in Go's syntax (`1m30s`, `100ms`, `-1.5h`) to nanoseconds.
 * @throws ValueSyntaxError
 */
export function parseDurationNs(text: string): bigint {
  const negative = text.startsWith('-')
  const body = negative || text.startsWith('+') ? text.slice(1) : text
  if (body === '0') return 0n
  if (body === '') throw new ValueSyntaxError(`time: invalid duration ${goQuote(text)}`)
  let totalNs = 0n
  part.lastIndex = 0
  while (part.lastIndex < body.length) {
    const match = part.exec(body)
    const [, whole = '', fraction = '', unit = ''] = match ?? []
    if (whole === '' && fraction === '') throw new ValueSyntaxError(`time: invalid duration ${goQuote(text)}`)
    if (unit === '') throw new ValueSyntaxError(`time: missing unit in duration ${goQuote(text)}`)
    const scale = Object.hasOwn(unitNs, unit) ? unitNs[unit] : undefined
    if (scale === undefined) {
      throw new ValueSyntaxError(`time: unknown unit ${goQuote(unit)} in duration ${goQuote(text)}`)
    }
    totalNs +=
      BigInt(whole || '0') * scale + (BigInt(fraction || '0') * scale) / 10n ** BigInt(fraction.length)
    if (totalNs > maxNs + (negative ? 1n : 0n)) {
      throw new ValueSyntaxError(`time: invalid duration ${goQuote(text)}`)
    }
  }
  return negative ? -totalNs : totalNs
}

/** Parses a duration in Go's syntax to milliseconds, with a fraction where needed. @throws ValueSyntaxError */
export function parseDurationMs(text: string): number {
  return Number(parseDurationNs(text)) / 1e6
}

/** A duration as Go prints it: `6s`, `1h0m0s`, `1.5ms`, `0s`. */
export function formatDuration(ns: bigint): string {
  if (ns === 0n) return '0s'
  const sign = ns < 0n ? '-' : ''
  const magnitude = ns < 0n ? -ns : ns
  if (magnitude < nsPerSecond) {
    const [unit, scale] =
      magnitude < 1_000n
        ? (['ns', 1n] as const)
        : magnitude < 1_000_000n
          ? (['\u00b5s', 1_000n] as const)
          : (['ms', 1_000_000n] as const)
    return `${sign}${decimal(magnitude, scale)}${unit}`
  }
  const totalSeconds = magnitude / nsPerSecond
  const hours = totalSeconds / 3_600n
  const minutes = (totalSeconds / 60n) % 60n
  const seconds = decimal(magnitude % (60n * nsPerSecond), nsPerSecond)
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}s`
  return minutes > 0n ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`
}

/** `formatDuration` of milliseconds; fractions below a nanosecond are cut. */
export function formatDurationMs(ms: number): string {
  return formatDuration(BigInt(Math.trunc(ms * 1e6)))
}

function decimal(value: bigint, scale: bigint): string {
  const fraction = (value % scale)
    .toString()
    .padStart(scale.toString().length - 1, '0')
    .replace(/0+$/, '')
  return fraction === '' || scale === 1n ? `${value / scale}` : `${value / scale}.${fraction}`
}
