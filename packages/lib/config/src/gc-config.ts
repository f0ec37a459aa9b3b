import { nsPerSecond, parseDurationNs, parseInt64 } from '@knative-ts/apis'
import { ConfigValues, prefixErrors, toMs } from './config-values.ts'
import { ConfigValueError } from './errors.ts'
import type { GCConfig } from './types.ts'

const nsPerHour = 3_600n * nsPerSecond
const disabled = 'disabled'

/** Parses `config-gc`. @throws ConfigValueError for the first fault */
export function parseGCConfig(data: Readonly<Record<string, string>>): GCConfig {
  const values = new ConfigValues(data)
  const config = prefixErrors('failed to parse data: ', () => ({
    retainSinceCreateTimeMs: age(values, 'retain-since-create-time', 48n * nsPerHour),
    retainSinceLastActiveTimeMs: age(values, 'retain-since-last-active-time', 15n * nsPerHour),
    minNonActiveRevisions: values.int64('min-non-active-revisions', 20),
    maxNonActiveRevisions: orDisabled(values, 'max-non-active-revisions', 1000, parseInt64),
  }))
  const { minNonActiveRevisions: min, maxNonActiveRevisions: max } = config
  if (min < 0) throw new ConfigValueError(`min-non-active-revisions must be non-negative, was: ${min}`)
  if (max !== undefined && min > max) {
    throw new ConfigValueError(`min-non-active-revisions(${min}) must be <= max-non-active-revisions(${max})`)
  }
  return config
}

function age(values: ConfigValues, key: string, defaultNs: bigint): number | undefined {
  return orDisabled(values, key, toMs(defaultNs), (text) => toMs(parseDurationNs(text)))
}

/** A number that must not be negative, `disabled` for undefined, or empty for the default. */
function orDisabled(
  values: ConfigValues,
  key: string,
  whenAbsent: number,
  parse: (text: string) => number,
): number | undefined {
  return values.parsed<number | undefined>(key, whenAbsent, (text) => {
    if (text === '') return whenAbsent
    if (text.toLowerCase() === disabled) return undefined
    const value = parse(text)
    if (value < 0) throw new ConfigValueError('must be non-negative')
    return value
  })
}
