import { describe, expect, test } from '@jest/globals'
import {
  type ConfigParser,
  configMapNames,
  exampleChecksum,
  exampleChecksumAnnotationKey,
  exampleKey,
  validatedConfigMaps,
} from '@knative-ts/config'
import { parseKourierConfig } from '../packages/net-kourier-controller/src/config/kourier-config.ts'
import { checksumFile, exampleFolder, parseExample, renderedExample } from './config-examples.ts'
import { type Manifest, objectsIn } from './helm.ts'
import { configExamples } from './render-manifests.ts'
import { filesMatching } from './workspace.ts'

type Data = Record<string, string>

interface ConfigMap extends Manifest {
  readonly data?: Data
}

const examples = configExamples()
const configMaps = filesMatching('deploy/serving-core.yaml', 'deploy/kourier.yaml')
  .flatMap(({ text }) => objectsIn(text) as ConfigMap[])
  .filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name?.startsWith('config-'))

const parsers = new Map<string, ConfigParser<unknown>>([
  ...[...validatedConfigMaps(configMapNames({}), 'cluster.local')].map(
    ([name, parse]) => [name.replace(/^config-/, ''), parse] as const,
  ),
  ['kourier', parseKourierConfig],
])

/** What must be set for the other keys to count. */
const bases: Record<string, Data> = {
  deployment: { 'queue-sidecar-image': 'image' },
  kourier: {
    'extauthz-host': 'authz.test:1',
    'extauthz-protocol': 'grpc',
    'tracing-endpoint': 'collector.test:1',
  },
}

/** Samples that need another key beside them. */
const companions: Record<string, Data> = {
  'extauthz-protocol': { 'extauthz-host': 'authz.test:1' },
}

/** Older spellings, which parsers read too: camel case, and these. */
const legacy = new Set(['ingress.class', 'certificate.class'])
const isLegacy = (name: string, key: string) =>
  legacy.has(key) || (name !== 'certmanager' && /[A-Z]/.test(key))

/** A parsed ConfigMap without functions: what they make of some data stands for them. */
function comparable(value: unknown): unknown {
  if (typeof value === 'function') {
    const sample = {
      Name: 'n',
      Namespace: 'ns',
      Domain: 'd.test',
      Tag: 't',
      Labels: {},
      Annotations: {},
      name: 'n',
    }
    return (value as (data: unknown) => unknown)(sample)
  }
  if (value instanceof Set || Array.isArray(value)) return [...value]
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, comparable(entry)]))
}

function keysRead(parse: ConfigParser<unknown>, data: Data): Set<string> {
  const keys = new Set<string>()
  parse(
    new Proxy(data, {
      get(target, key) {
        if (typeof key === 'string') keys.add(key)
        return Reflect.get(target, key) as string
      },
    }),
  )
  return keys
}

test('an example tells defaults from samples', () => {
  const text = '# Prose: "is" no key.\n\na: "1"\n# b.c: "2"\n# d: \'{ "e": 3 }\'\n# f: bare\n'
  expect(parseExample(text)).toEqual({
    defaults: new Map([['a', '1']]),
    samples: new Map([
      ['b.c', '2'],
      ['d', '{ "e": 3 }'],
    ]),
  })
})

test('each ConfigMap of the installation has its example and each example its ConfigMap', () => {
  const names = configMaps.map(({ metadata }) => metadata.name?.replace(/^config-/, ''))
  expect(names.sort()).toEqual([...examples.keys()].sort())
  expect([...examples.keys()].filter((name) => name !== 'tracing').sort()).toEqual([...parsers.keys()].sort())
})

test('the chart has the checksums that "npm run render" writes', () => {
  expect(filesMatching(`${exampleFolder}/checksums.json`)[0]?.text).toBe(checksumFile(examples))
})

describe.each(configMaps.map((map) => [map.metadata.name ?? '', map] as const))(
  '%s',
  (fullName, { metadata, data }) => {
    const text = examples.get(fullName.replace(/^config-/, '')) ?? ''

    test('holds its example', () => {
      expect(data?.[exampleKey]).toBe(renderedExample(text))
    })

    test('is annotated with the checksum of what it holds; that of the gateway is not', () => {
      const wanted = fullName === 'config-kourier' ? undefined : exampleChecksum(data?.[exampleKey] ?? '')
      expect(metadata.annotations?.[exampleChecksumAnnotationKey]).toBe(wanted)
    })

    test('sets nothing but what an installation must', () => {
      const keys = Object.keys(data ?? {}).filter((key) => key !== exampleKey)
      const own: Record<string, string[]> = {
        'config-deployment': ['queue-sidecar-image'],
        'config-network': ['ingress-class'],
      }
      expect(keys).toEqual(own[fullName] ?? [])
    })
  },
)

describe.each([...parsers])('the example of config-%s', (name, parse) => {
  const { defaults, samples } = parseExample(examples.get(name) ?? '')
  const base = bases[name] ?? {}
  const parsed = (data: Data) => comparable(parse(data))

  test('names each key that is read', () => {
    const read = [...keysRead(parse, base)].filter((key) => key !== exampleKey && !isLegacy(name, key))
    expect(read.filter((key) => !defaults.has(key) && !samples.has(key))).toEqual([])
  })

  test('states defaults as they are, of keys that are read', () => {
    if (name === 'logging') {
      // Each component has a key of its own; without it, it logs from info.
      const levels = Object.fromEntries(
        [...defaults.keys()].map((key) => [key.replace('loglevel.', ''), 'info']),
      )
      expect(parsed(Object.fromEntries(defaults))).toMatchObject({ levels })
      return
    }
    const read = keysRead(parse, base)
    for (const [key, value] of defaults) {
      expect([key, read.has(key)]).toEqual([key, true])
      const others = Object.fromEntries(Object.entries(base).filter(([other]) => other !== key))
      expect([key, parsed({ ...others, [key]: value })]).toEqual([key, parsed(others)])
    }
    const all = { ...Object.fromEntries(defaults), ...base }
    expect(parsed(all)).toEqual(parsed(base))
  })

  test('shows samples that have an effect', () => {
    for (const [key, value] of samples) {
      const others: Data = { ...companions[key], ...base }
      // An image must be named; the sample takes the place of another one.
      const without = key === 'queue-sidecar-image' ? others : omit(others, key)
      const effect = () => parsed({ ...others, [key]: value })
      if (key === 'extauthz-protocol') expect(effect).not.toThrow()
      else expect([key, effect()]).not.toEqual([key, parsed(without)])
    }
  })
})

function omit(data: Data, key: string): Data {
  return Object.fromEntries(Object.entries(data).filter(([other]) => other !== key))
}
