/** The documentation inside the chart's ConfigMaps, under the key `_example`. */
import { exampleChecksum } from '@knative-ts/config'
import { parse } from 'yaml'

export const exampleFolder = 'charts/knative-ts/files/examples'

/** The chart's line above each example. */
const banner =
  '# Documentation: what stands in here has no effect. To set a key, write it beside "_example", at the same level.\n\n'

/** ConfigMaps that have a checksum of their example; upstream's gateway has none. */
const withoutChecksum = new Set(['kourier'])

/** What an example says of a ConfigMap's keys. */
export interface Example {
  /** Keys that have a default, with it. */
  readonly defaults: ReadonlyMap<string, string>
  /** Keys that have none, with a value that shows their use. */
  readonly samples: ReadonlyMap<string, string>
}

const sample = /^# ([-._a-zA-Z0-9]+: (?:"(?:[^"\\]|\\.)*"|'[^']*'))$/

/** Reads an example: keys with defaults are YAML, the others stand in comments. */
export function parseExample(text: string): Example {
  const samples = text.split('\n').flatMap((line) => {
    const [, pair] = sample.exec(line) ?? []
    return pair === undefined ? [] : [...entries(pair)]
  })
  return { defaults: entries(text), samples: new Map(samples) }
}

function entries(yaml: string): Map<string, string> {
  return new Map(Object.entries((parse(yaml) as Record<string, string> | null) ?? {}))
}

/** The text under `_example`, as the chart renders it. */
export function renderedExample(text: string): string {
  return `${banner}${text.trim()}\n`
}

/**
 * `checksums.json` of the chart: the checksums of its examples by name, since templates can't compute them.
 * @param examples text by name of the ConfigMap, without `config-`
 */
export function checksumFile(examples: ReadonlyMap<string, string>): string {
  const checksums = [...examples]
    .filter(([name]) => !withoutChecksum.has(name))
    .map(([name, text]) => [name, exampleChecksum(renderedExample(text))] as const)
  return `${JSON.stringify(Object.fromEntries(checksums), undefined, 2)}\n`
}
