import { afterAll, expect, test } from '@jest/globals'
import { pods as podsType, type V1Pod } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { FakeKubeClient, syncedInformers } from '@knative-ts/kube/testing'
import { RevisionPods } from './revision-pods.ts'
import { pod, revisionKey } from './testing/objects.ts'

const abort = new AbortController()
afterAll(() => abort.abort())

async function podsOf(...objects: V1Pod[]): Promise<{ client: FakeKubeClient; pods: RevisionPods }> {
  const client = new FakeKubeClient()
  client.seed(podsType, ...objects)
  const pods = await syncedInformers(
    client,
    new ManualClock(),
    abort.signal,
    (informers) => new RevisionPods(informers),
  )
  return { client, pods }
}

test('pods are counted by state', async () => {
  const { client, pods } = await podsOf(
    pod('ready', { ip: '10.0.0.1' }),
    pod('starting', { ready: false, ip: '10.0.0.2' }),
    pod('pending', { phase: 'Pending', ready: false, ip: '' }),
    pod('pending-but-ready', { phase: 'Pending', ip: '' }),
    pod('leaving', { terminating: true, ip: '10.0.0.3' }),
    pod('done', { phase: 'Succeeded', ip: '10.0.0.4' }),
  )
  expect(pods.counts(revisionKey)).toEqual({ ready: 1, notReady: 4, pending: 2, terminating: 1 })
  expect(pods.readyCount(revisionKey)).toBe(1)
  expect(pods.ready(revisionKey).map(({ metadata }) => metadata.name)).toEqual(['ready'])
  expect(pods.count(revisionKey)).toBe(4)
  expect(pods.counts('default/other').ready).toBe(0)
  const changed: string[] = []
  pods.onChange((key) => changed.push(key))
  client.remove(podsType, 'default', 'ready')
  expect(changed.slice(-1)).toEqual([revisionKey])
  expect(pods.readyCount(revisionKey)).toBe(0)
})

const starting = { phase: 'Pending' as const, ready: false, ip: '' }

test.each([
  ['the IP of a ready pod', pod('p', { ip: '10.0.0.1' }), {}, true],
  ['the IP of a pod that starts', pod('p', { ready: false, ip: '10.0.0.1' }), {}, true],
  ['the IP of a pod on its way out', pod('p', { terminating: true, ip: '10.0.0.1' }), {}, false],
  ['the IP of a pod that has ended', pod('p', { phase: 'Succeeded', ip: '10.0.0.1' }), {}, false],
  ['another IP than the pod has', pod('p', { ip: '10.0.0.2' }), {}, false],
  ['the UID of a pod without an IP', pod('p', starting), { podUid: 'uid-p' }, true],
  ['the UID of a pod that has another IP', pod('p', { ip: '10.0.0.2' }), { podUid: 'uid-p' }, false],
  ['another UID', pod('p', starting), { podUid: 'uid-q' }, false],
  ['no UID', pod('p', starting), {}, false],
  ['the UID of a pod of another name', pod('q', starting), { podUid: 'uid-q' }, false],
  ['the UID of a pod that leaves', pod('p', { ...starting, terminating: true }), { podUid: 'uid-p' }, false],
] as const)('a reporter with %s: is it the pod? %#', async (_, object, reporter, expected) => {
  const { pods } = await podsOf({
    ...object,
    metadata: { ...object.metadata, uid: `uid-${object.metadata.name}` },
  })
  const claim = { podName: 'p', podUid: '', ip: '10.0.0.1', ...reporter }
  expect(pods.includes(revisionKey, claim)).toBe(expected)
  expect(pods.includes('default/other', claim)).toBe(false)
})
