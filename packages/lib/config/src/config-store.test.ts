import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { configMaps } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { InformerFactory } from '@knative-ts/kube'
import { FakeKubeClient } from '@knative-ts/kube/testing'
import { silentLogger } from '@knative-ts/observability'
import { ConfigStore } from './config-store.ts'
import { parseGCConfig } from './gc-config.ts'
import { parseLoggingConfig } from './logging-config.ts'

const namespace = 'knative-serving'
let client: FakeKubeClient
let clock: ManualClock
let abort: AbortController
let errors: string[]

beforeEach(() => {
  client = new FakeKubeClient()
  clock = new ManualClock()
  abort = new AbortController()
  errors = []
})

afterEach(() => abort.abort())

const configMap = (name: string, data: Record<string, string>) => ({ metadata: { name, namespace }, data })

function store() {
  const logger = { ...silentLogger, error: (message: string) => errors.push(message) }
  const informers = new InformerFactory({ client, clock, logger })
  const config = new ConfigStore({
    informers,
    namespace,
    logger,
    sources: {
      gc: { name: 'config-gc', parse: parseGCConfig },
      logging: { name: 'config-logging', parse: parseLoggingConfig, whenAbsent: { 'loglevel.a': 'warn' } },
    },
  })
  informers.start(abort.signal)
  return config
}

describe('at the start', () => {
  test('an absent ConfigMap without a default is fatal', async () => {
    await expect(store().start()).rejects.toMatchObject({
      code: 'CONFIG_MISSING',
      message: expect.stringContaining('knative-serving/config-gc does not exist'),
    })
  })
  test('so is one that does not parse', async () => {
    client.seed(configMaps, configMap('config-gc', { 'min-non-active-revisions': 'x' }))
    await expect(store().start()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('Error initializing config "config-gc": failed to parse data'),
    })
  })
  test('an absent one with a default takes it', async () => {
    client.seed(configMaps, configMap('config-gc', {}))
    const config = store()
    await config.start()
    expect(config.snapshot()).toMatchObject({
      gc: { minNonActiveRevisions: 20 },
      logging: { levels: { a: 'warn' } },
    })
  })
})

describe('later', () => {
  const changes: string[] = []
  let config: ReturnType<typeof store>

  beforeEach(async () => {
    client.seed(configMaps, configMap('config-gc', { 'min-non-active-revisions': '1' }))
    config = store()
    await config.start()
    changes.length = 0
    config.onChange((changed) => changes.push(changed))
  })

  const minimum = () => config.snapshot().gc.minNonActiveRevisions

  test('a change takes effect, and a snapshot taken before stays as it was', async () => {
    const before = config.snapshot()
    client.replace(configMaps, configMap('config-gc', { 'min-non-active-revisions': '2' }))
    await clock.settle()
    expect([minimum(), before.gc.minNonActiveRevisions, changes]).toEqual([2, 1, ['gc']])
  })
  test('a bad value leaves the last good one in force', async () => {
    client.replace(configMaps, configMap('config-gc', { 'min-non-active-revisions': 'x' }))
    await clock.settle()
    expect([minimum(), changes, errors]).toEqual([
      1,
      [],
      ['Error updating config "config-gc"; the previous values stay in force'],
    ])
  })
  test('a write that leaves the data alone is no change', async () => {
    const object = configMap('config-gc', { 'min-non-active-revisions': '1' })
    client.replace(configMaps, { ...object, metadata: { ...object.metadata, labels: { a: 'b' } } })
    await clock.settle()
    expect(changes).toEqual([])
  })
  test('a deleted ConfigMap goes back to its default if it has one', async () => {
    client.seed(configMaps, configMap('config-logging', { 'loglevel.a': 'debug' }))
    await clock.settle()
    expect(config.snapshot().logging.levels).toEqual({ a: 'debug' })
    client.remove(configMaps, namespace, 'config-logging')
    client.remove(configMaps, namespace, 'config-gc')
    await clock.settle()
    expect([config.snapshot().logging.levels, minimum()]).toEqual([{ a: 'warn' }, 1])
  })
})
