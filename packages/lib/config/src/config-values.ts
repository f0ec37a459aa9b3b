import {
  formatQuantity,
  parseBool,
  parseDurationNs,
  parseFloat64,
  parseInt32,
  parseInt64,
  parseQuantity,
} from '@knative-ts/apis'
import { ConfigValueError } from './errors.ts'
import type { ResourceName, ResourceQuantities } from './types.ts'

/** Spellings of one key, legacy ones first: all that are present must parse, the last one counts. */
export type ConfigKeys = string | readonly string[]

const resources: readonly ResourceName[] = ['cpu', 'memory', 'ephemeral-storage']

/**
 * Reads typed values out of a ConfigMap's data. An absent key gives the default; a present one, even if
 * empty, must parse, else ConfigValueError says `failed to parse "<key>": …`.
 */
export class ConfigValues {
  readonly #data: Readonly<Record<string, string>>

  constructor(data: Readonly<Record<string, string>>) {
    this.#data = data
  }

  /** A value that `parse` makes of the text as it stands. */
  parsed<T>(keys: ConfigKeys, whenAbsent: T, parse: (text: string) => T): T {
    let value = whenAbsent
    for (const key of typeof keys === 'string' ? [keys] : keys) {
      const text = this.#data[key]
      if (text === undefined) continue
      try {
        value = parse(text)
      } catch (error) {
        throw new ConfigValueError(
          `failed to parse "${key}": ${error instanceof Error ? error.message : String(error)}`,
        )
      }
    }
    return value
  }

  /** Text without surrounding whitespace. */
  text(keys: ConfigKeys, whenAbsent: string): string {
    return this.parsed(keys, whenAbsent, (text) => text.trim())
  }

  bool(keys: ConfigKeys, whenAbsent: boolean): boolean {
    return this.parsed(keys, whenAbsent, parseBool)
  }

  int32(keys: ConfigKeys, whenAbsent: number): number {
    return this.parsed(keys, whenAbsent, parseInt32)
  }

  int64(keys: ConfigKeys, whenAbsent: number): number {
    return this.parsed(keys, whenAbsent, parseInt64)
  }

  float(keys: ConfigKeys, whenAbsent: number): number {
    return this.parsed(keys, whenAbsent, parseFloat64)
  }

  /** Nanoseconds. */
  duration(keys: ConfigKeys, whenAbsent: bigint): bigint {
    return this.parsed(keys, whenAbsent, parseDurationNs)
  }

  /** A comma-separated list; empty parts are kept. */
  list(keys: ConfigKeys, whenAbsent: readonly string[]): readonly string[] {
    return this.parsed(keys, whenAbsent, (text) => text.split(',').map((part) => part.trim()))
  }

  /** Quantities in canonical form, one key per resource; absent keys are absent from the result. */
  quantities(
    keysOf: (resource: ResourceName) => ConfigKeys,
    whenAbsent: ResourceQuantities = {},
  ): ResourceQuantities {
    const quantities: Partial<Record<ResourceName, string>> = {}
    for (const resource of resources) {
      const value = this.parsed<string | undefined>(keysOf(resource), whenAbsent[resource], (text) =>
        formatQuantity(parseQuantity(text)),
      )
      if (value !== undefined) quantities[resource] = value
    }
    return quantities
  }
}

/** Nanoseconds as the milliseconds that parsed ConfigMaps hold. */
export function toMs(ns: bigint): number {
  return Number(ns) / 1e6
}

/** Throws the same ConfigValueError with a prefix; other errors as they are. */
export function prefixErrors<T>(prefix: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof ConfigValueError) throw new ConfigValueError(prefix + error.message)
    throw error
  }
}
