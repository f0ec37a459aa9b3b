import { beforeEach, describe, expect, test } from '@jest/globals'
import {
  customResourceDefinitions,
  type KubeObject,
  type ResourceType,
  type V1CustomResourceDefinition,
} from '@knative-ts/apis'
import { ApiError, type KubeList, type ListOptions } from '@knative-ts/kube'
import { FakeKubeClient } from '@knative-ts/kube/testing'
import { RecordingLogger } from '@knative-ts/observability/testing'
import { migrateStorage } from './migrate-storage.ts'

const services: ResourceType<KubeObject> = {
  group: 'serving.knative.dev',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  namespaced: true,
}
const definitionName = 'services.serving.knative.dev'

/** Hands out lists in pages of two, whatever the limit, and may say once that a page is too old. */
class PagingClient extends FakeKubeClient {
  readonly lists: ListOptions[] = []
  expireOnce = false

  override async list<T extends KubeObject>(
    type: ResourceType<T>,
    options: ListOptions = {},
  ): Promise<KubeList<T>> {
    this.lists.push(options)
    const { items, resourceVersion } = await super.list(type)
    if (options.limit === undefined) return { items, resourceVersion, continue: undefined }
    const start = Number(options.continue ?? 0)
    if (start > 0 && this.expireOnce) {
      this.expireOnce = false
      throw new ApiError('Expired', 'the provided continue parameter is too old', { status: 410 })
    }
    const end = start + 2
    return {
      items: items.slice(start, end),
      resourceVersion,
      continue: end < items.length ? String(end) : undefined,
    }
  }
}

function definition(storedVersions: string[]): V1CustomResourceDefinition {
  return {
    metadata: { name: definitionName },
    spec: {
      group: services.group,
      names: { kind: services.kind, plural: services.plural },
      scope: 'Namespaced',
      versions: [
        { name: 'v1beta1', served: true, storage: false },
        { name: 'v1', served: true, storage: true },
      ],
    },
    status: { storedVersions },
  }
}

let client: PagingClient
let logger: RecordingLogger

beforeEach(() => {
  client = new PagingClient()
  logger = new RecordingLogger()
})

function seed(storedVersions = ['v1beta1', 'v1']): void {
  client.seed(customResourceDefinitions, definition(storedVersions))
  client.seed(
    services,
    ...['a', 'b', 'c', 'd', 'e'].map((name) => ({
      metadata: { name, namespace: name < 'c' ? 'one' : 'two' },
    })),
  )
}

function migrate(options: { ignoreNotFound?: boolean; definitions?: string[]; signal?: AbortSignal } = {}) {
  return migrateStorage({
    client,
    logger,
    definitions: [definitionName],
    ignoreNotFound: false,
    signal: new AbortController().signal,
    ...options,
  })
}

const patched = () => client.writes.filter(({ resource }) => resource === 'services').map(({ name }) => name)
const storedVersions = () =>
  client.peek(customResourceDefinitions, '', definitionName)?.status?.storedVersions

describe('a kind of which older versions may be stored', () => {
  beforeEach(() => seed())

  test('has each object of each namespace written, then says that one version is stored', async () => {
    await migrate()
    expect(patched()).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(client.writes.map(({ patch }) => patch).slice(0, 5)).toEqual(
      Array.from({ length: 5 }, () => ({ type: 'merge', body: {} })),
    )
    expect(client.writes.at(-1)).toMatchObject({
      resource: 'customresourcedefinitions',
      subresource: 'status',
    })
    expect(storedVersions()).toEqual(['v1'])
  })

  test('is read in pages', async () => {
    await migrate()
    expect(client.lists).toEqual([
      { limit: 500 },
      { limit: 500, continue: '2' },
      { limit: 500, continue: '4' },
    ])
  })

  test('is read whole when a page has become too old', async () => {
    client.expireOnce = true
    await migrate()
    expect(client.lists.at(-1)).toEqual({})
    expect(new Set(patched())).toEqual(new Set(['a', 'b', 'c', 'd', 'e']))
    expect(storedVersions()).toEqual(['v1'])
  })

  test('does not mind an object that has gone', async () => {
    client.intercept(({ verb, resource, name }) => {
      if (verb === 'patch' && resource === 'services' && name === 'b') client.remove(services, 'one', 'b')
    })
    await migrate()
    expect(storedVersions()).toEqual(['v1'])
  })

  test('keeps its stored versions while one object is refused; the others are written', async () => {
    client.intercept(({ verb, name }) => {
      if (verb === 'patch' && name === 'b') throw new ApiError('Forbidden', 'no', { status: 403 })
    })
    await expect(migrate()).rejects.toMatchObject({
      code: 'MIGRATE_INCOMPLETE',
      message: expect.stringContaining(
        'services.serving.knative.dev: 1 of 5 objects could not be written: one/b: no',
      ),
    })
    expect(patched()).toEqual(['a', 'c', 'd', 'e'])
    expect(storedVersions()).toEqual(['v1beta1', 'v1'])
  })

  test('is left alone once the process must end', async () => {
    const signal = AbortSignal.abort(new Error('stop'))
    await expect(migrate({ signal })).rejects.toThrow('stop')
    expect(client.writes).toEqual([])
  })
})

test('a kind that stores one version is not touched', async () => {
  seed(['v1'])
  await migrate()
  expect(client.writes).toEqual([])
  expect(client.lists).toEqual([])
})

describe('a definition that is not there', () => {
  const definitions = ['routes.serving.knative.dev', definitionName]

  test('is an error, after the others were migrated', async () => {
    seed()
    await expect(migrate({ definitions })).rejects.toMatchObject({
      code: 'MIGRATE_INCOMPLETE',
      message: expect.stringContaining('routes.serving.knative.dev'),
    })
    expect(storedVersions()).toEqual(['v1'])
  })

  test('is passed over when it may be missing', async () => {
    seed()
    await migrate({ definitions, ignoreNotFound: true })
    expect(storedVersions()).toEqual(['v1'])
    expect(logger.lines.map(({ message }) => message)).toContain(
      'routes.serving.knative.dev does not exist; passed over',
    )
  })
})
