import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  configMaps,
  deployments,
  namespaces,
  pods,
  type V1ConfigMap,
  type V1Deployment,
  type V1Namespace,
} from '@knative-ts/apis'
import {
  apiErrorCode,
  fromKubeconfig,
  HttpKubeClient,
  type KubeClient,
  type WatchEvent,
} from '@knative-ts/kube'
import { parse } from 'yaml'
import { type EmbeddedServer, startEmbeddedServer } from '../testing/embedded-server.ts'

let embedded: EmbeddedServer
let remote: HttpKubeClient
let local: KubeClient
beforeAll(async () => {
  embedded = await startEmbeddedServer()
  remote = new HttpKubeClient(fromKubeconfig(parse(embedded.server.kubeconfig), '/'), 'tester')
  local = embedded.server.inProcessClient('tester', remote)
})
afterAll(async () => {
  await remote.close()
  await embedded.stop()
})

const codeOf = (work: Promise<unknown>) => work.then(() => 'none', apiErrorCode)
const map = (name: string, data: Record<string, string>): V1ConfigMap => ({
  metadata: { name, namespace: 'default' },
  data,
})

/** What a client was seen to do, without what differs from run to run. */
async function story(client: KubeClient, prefix: string): Promise<unknown[]> {
  const name = (suffix: string) => `${prefix}-${suffix}`
  const plain = (value: unknown) =>
    JSON.parse(
      JSON.stringify(value, (key, part: unknown) =>
        ['uid', 'resourceVersion', 'creationTimestamp', 'time'].includes(key) ? undefined : part,
      ).replaceAll(prefix, 'x'),
    ) as unknown
  const made = await client.create(configMaps, map(name('a'), { one: '1' }))
  const updated = await client.update(configMaps, { ...made, data: { two: '2' } })
  const merged = await client.patch(configMaps, 'default', name('a'), {
    type: 'merge',
    body: { data: { two: null, three: '3' } },
  })
  const changed = await client.patch(
    configMaps,
    'default',
    name('a'),
    { type: 'json', body: [{ op: 'add', path: '/data/four', value: '4' }] },
    { fieldManager: 'somebody' },
  )
  const applied = await client.patch(configMaps, 'default', name('b'), {
    type: 'apply',
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: name('b') }, data: { a: 'b' } },
    fieldManager: 'applier',
  })
  const space = await client.create(namespaces, { metadata: { name: name('space') } } as V1Namespace)
  const deployment = await client.create(deployments, {
    metadata: { name: name('d'), namespace: 'default' },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'd' } },
      template: { metadata: { labels: { app: 'd' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
  } as unknown as V1Deployment)
  const status = await client.updateStatus(deployments, { ...deployment, status: { observedGeneration: 1 } })
  const scale = await client.patch(
    deployments,
    'default',
    name('d'),
    { type: 'merge', body: { spec: { replicas: 2 } } },
    { subresource: 'scale' },
  )
  const dry = await client.create(configMaps, map(name('dry'), {}), { dryRun: true })
  const list = await client.list(configMaps, { namespace: 'default' })
  const failures = [
    await codeOf(client.create(configMaps, map(name('a'), {}))),
    await codeOf(client.update(configMaps, { ...made, data: {} })),
    await codeOf(client.get(configMaps, 'default', name('dry'))),
    await codeOf(client.get(pods, 'default', 'none')),
    await codeOf(client.list(configMaps, { labelSelector: '!!' })),
    await codeOf(client.create(configMaps, map('Bad_Name', {}))),
    await codeOf(client.delete(configMaps, 'default', name('a'), { preconditions: { uid: 'other' } })),
    await codeOf(client.updateStatus(configMaps, made)),
  ]
  await client.delete(configMaps, 'default', name('a'))
  await client.delete(namespaces, '', name('space'))
  failures.push(await codeOf(client.get(configMaps, 'default', name('a'))))
  const names = list.items.map((item) => item.metadata.name).filter((found) => found?.startsWith(prefix))
  const version = ((await client.getPath('/version')) as { gitVersion: string }).gitVersion
  return [
    made,
    updated,
    merged,
    changed,
    applied,
    space,
    status,
    scale,
    dry,
    names,
    version,
    ...failures,
  ].map(plain)
}

describe('a client in the process of the server', () => {
  test('answers as one over HTTPS does', async () => {
    expect(await story(local, 'near')).toEqual(await story(remote, 'far'))
  })

  test('hands out objects that are the caller’s own', async () => {
    const made = await local.create(configMaps, map('own', { a: '1' }))
    const read = await local.get(configMaps, 'default', 'own')
    read.data!['a'] = 'changed'
    made.data!['a'] = 'changed'
    const [listed] = (
      await local.list(configMaps, { namespace: 'default', fieldSelector: 'metadata.name=own' })
    ).items
    listed!.data!['a'] = 'changed'
    expect((await local.get(configMaps, 'default', 'own')).data).toEqual({ a: '1' })
  })

  test('sees changes in order, from where it read, until it is told to stop', async () => {
    const { resourceVersion } = await local.list(configMaps)
    const stop = new AbortController()
    const seen: string[] = []
    const complete = Promise.withResolvers<void>()
    const note = (event: WatchEvent<V1ConfigMap>) => {
      if (event.type === 'BOOKMARK') return
      seen.push(`${event.type} ${event.object.metadata.name} ${event.object.data?.['n']}`)
      if (event.type === 'DELETED') complete.resolve()
    }
    const before = await local.create(configMaps, map('before', { n: '1' }))
    expect(before.metadata.name).toBe('before')
    const watching = local.watch(
      configMaps,
      { namespace: 'default', resourceVersion, signal: stop.signal },
      note,
    )
    await local.create(configMaps, map('after', { n: '2' }))
    await remote.patch(configMaps, 'default', 'after', { type: 'merge', body: { data: { n: '3' } } })
    await local.delete(configMaps, 'default', 'after')
    await complete.promise
    stop.abort()
    await watching
    await local.create(configMaps, map('unseen', { n: '4' }))
    expect(seen).toEqual(['ADDED before 1', 'ADDED after 2', 'MODIFIED after 3', 'DELETED after 3'])
  })

  test('a watch from the future, or of what is not served, fails', async () => {
    const { signal } = new AbortController()
    const ignore = () => {}
    expect(await codeOf(local.watch(configMaps, { resourceVersion: '999999', signal }, ignore))).toBe(
      'Expired',
    )
    const unknown = { group: 'none', version: 'v1', kind: 'None', plural: 'nones', namespaced: true }
    expect(await codeOf(local.watch(unknown, { signal }, ignore))).toBe('NotFound')
    expect(await codeOf(local.watch(configMaps, { signal: AbortSignal.abort() }, ignore))).toBe('none')
  })

  test('a reader that throws ends its own watch only', async () => {
    const failing = local.watch(configMaps, { signal: new AbortController().signal }, () => {
      throw new Error('reader')
    })
    await expect(failing).rejects.toThrow('reader')
    const made = await local.create(configMaps, map('fine', { n: '5' }))
    expect(made.metadata.name).toBe('fine')
  })
})
