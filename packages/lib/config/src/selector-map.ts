import { parse } from 'yaml'
import { ConfigValueError } from './errors.ts'

export type Selector = Readonly<Record<string, string>>

/** Parses YAML of the form `name: {selector: {key: value}}`. @throws ConfigValueError */
export function parseSelectorMap(text: string): Record<string, { selector: Selector }> {
  const root = parseYaml(text) ?? {}
  if (!isRecord(root)) throw new ConfigValueError('it must be a map from name to {selector: {…}}')
  const entries = Object.entries(root).map(([name, entry]) => {
    return [name, { selector: selectorOf(entry, name) }] as const
  })
  return Object.fromEntries(entries)
}

/** YAML as plain values. @throws ConfigValueError with the parser's first message */
export function parseYaml(text: string): unknown {
  try {
    return parse(text, { logLevel: 'silent', uniqueKeys: true, maxAliasCount: 100 })
  } catch (error) {
    throw new ConfigValueError(`it is not YAML: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** The `selector` of a map entry; absent is empty. @throws ConfigValueError unless all its values are text */
export function selectorOf(entry: unknown, name: string): Selector {
  if (entry === null || entry === undefined) return {}
  if (!isRecord(entry)) throw new ConfigValueError(`${name} must be a map with the key "selector"`)
  const selector = entry['selector'] ?? {}
  if (!isRecord(selector)) throw new ConfigValueError(`${name}.selector must be a map`)
  for (const [key, value] of Object.entries(selector)) {
    if (typeof value !== 'string') {
      throw new ConfigValueError(`${name}.selector.${key} must be text; put the value in quotes`)
    }
  }
  return selector as Selector
}

/** Whether all of the selector's pairs are among the labels. */
export function selects(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value)
}

/** The name whose selector matches with most terms; among equals the lexically smallest. */
export function bestMatch(
  entries: Readonly<Record<string, { readonly selector: Selector }>>,
  labels: Readonly<Record<string, string>>,
): string | undefined {
  let best: { name: string; terms: number } | undefined
  for (const [name, { selector }] of Object.entries(entries)) {
    if (!selects(selector, labels)) continue
    const terms = Object.keys(selector).length
    if (!best || terms > best.terms || (terms === best.terms && name < best.name)) best = { name, terms }
  }
  return best?.name
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
