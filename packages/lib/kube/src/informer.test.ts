import { afterEach, describe, expect, test } from '@jest/globals'
import { configMaps, type KubeObject, type ResourceType, type V1ConfigMap } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { RecordingLogger } from '@knative-ts/observability/testing'
import { ApiError } from './api-error.ts'
import { Informer } from './informer.ts'
import { InformerFactory } from './informer-factory.ts'
import type { KubeClient, WatchEvent, WatchOptions } from './kube-client.ts'
import { FakeKubeClient } from './testing/index.ts'

const map = (name: string, value = '1', namespace = 'default'): V1ConfigMap => ({
  metadata: { name, namespace, labels: { value } },
  data: { value },
})

/** Fails its first watches. */
class FlakyClient extends FakeKubeClient {
  readonly versions: (string | undefined)[] = []
  readonly #failures: Error[]

  constructor(failures: Error[]) {
    super()
    this.#failures = failures
  }

  override watch<T extends KubeObject>(
    type: ResourceType<T>,
    options: WatchOptions,
    onEvent: (event: WatchEvent<T>) => void,
  ): Promise<void> {
    this.versions.push(options.resourceVersion)
    const failure = this.#failures.shift()
    return failure ? Promise.reject(failure) : super.watch(type, options, onEvent)
  }
}

let abort = new AbortController()
afterEach(() => abort.abort())

function setUp(client: KubeClient) {
  abort = new AbortController()
  const clock = new ManualClock()
  const logger = new RecordingLogger()
  const informer = new Informer({ client, type: configMaps, scope: {}, clock, logger })
  const seen: string[] = []
  informer.addHandler({
    onAdd: (object) => seen.push(`+${object.metadata.name}`),
    onUpdate: (before, after) =>
      seen.push(`~${after.metadata.name} ${before.data?.['value']}→${after.data?.['value']}`),
    onDelete: (object) => seen.push(`-${object.metadata.name}`),
  })
  return { clock, informer, seen, logger }
}

describe('Informer', () => {
  test('lists, then follows changes', async () => {
    const client = new FakeKubeClient()
    client.seed(configMaps, map('a'))
    const { informer, seen } = setUp(client)
    informer.start(abort.signal)
    await informer.synced()
    client.seed(configMaps, map('b'))
    client.replace(configMaps, map('a', '2'))
    client.remove(configMaps, 'default', 'b')
    expect(seen).toEqual(['+a', '+b', '~a 1→2', '-b'])
    expect(informer.lister.get('default', 'a')?.data).toEqual({ value: '2' })
    expect(informer.lister.list().map((object) => object.metadata.name)).toEqual(['a'])
  })

  test('a late handler is told what is there', async () => {
    const client = new FakeKubeClient()
    client.seed(configMaps, map('a'))
    const { informer } = setUp(client)
    informer.start(abort.signal)
    await informer.synced()
    const late: string[] = []
    informer.addHandler({ onAdd: (object) => late.push(object.metadata.name ?? '') })
    expect(late).toEqual(['a'])
  })

  test('looks up by namespace, label and index', async () => {
    const client = new FakeKubeClient()
    client.seed(configMaps, map('a', '1'), map('b', '2'), map('c', '1', 'other'))
    const { informer } = setUp(client)
    informer.addIndex('value', (object) => [object.data?.['value'] ?? ''])
    informer.start(abort.signal)
    await informer.synced()
    const names = (objects: V1ConfigMap[]) => objects.map((object) => object.metadata.name)
    expect(names(informer.lister.list({ namespace: 'other' }))).toEqual(['c'])
    expect(names(informer.lister.list({ labels: (labels) => labels?.['value'] === '2' }))).toEqual(['b'])
    expect(names(informer.lister.byIndex('value', '1'))).toEqual(['a', 'c'])
    client.replace(configMaps, map('a', '2'))
    expect(names(informer.lister.byIndex('value', '1'))).toEqual(['c'])
    expect(() => informer.lister.byIndex('none', '')).toThrow('no index none')
  })

  test('resumes a broken watch and, when it expired, lists again and reports only what differs', async () => {
    const client = new FlakyClient([
      new ApiError('Unreachable', 'connection refused'),
      new ApiError('Expired', 'too old', { status: 410 }),
    ])
    client.seed(configMaps, map('a'), map('b'))
    const { informer, seen, clock, logger } = setUp(client)
    informer.start(abort.signal)
    await informer.synced()
    await clock.settle()
    expect(logger.lines.map((line) => line.message)).toEqual(['cannot watch configmaps; trying again'])
    client.remove(configMaps, 'default', 'b')
    await clock.advance(1000)
    expect(seen).toEqual(['+a', '+b', '-b'])
    const { versions } = client
    expect(versions).toHaveLength(3)
    expect(versions[1]).toBe(versions[0])
    expect(Number(versions[2])).toBeGreaterThan(Number(versions[0]))
  })

  test('a handler that throws does not end the watch', async () => {
    const client = new FakeKubeClient()
    client.seed(configMaps, map('a'))
    const { informer, seen, logger } = setUp(client)
    informer.addHandler({
      onAdd: () => {
        throw new Error('bad object')
      },
    })
    informer.start(abort.signal)
    await informer.synced()
    client.seed(configMaps, map('b'))
    expect(seen).toEqual(['+a', '+b'])
    expect(logger.lines.filter((line) => line.level === 'error')).toHaveLength(2)
  })
})

test('a factory shares informers of the same kind and scope', () => {
  const factory = new InformerFactory({
    client: new FakeKubeClient(),
    clock: new ManualClock(),
    logger: new RecordingLogger(),
  })
  expect(factory.informer(configMaps)).toBe(factory.informer(configMaps))
  expect(factory.informer(configMaps, { namespace: 'a' })).not.toBe(factory.informer(configMaps))
})
