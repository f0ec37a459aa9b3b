import { expect, test } from '@jest/globals'
import { pods as podsType } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { FakeKubeClient, syncedInformers } from '@knative-ts/kube/testing'
import { RevisionPods } from './revision-pods.ts'
import { pod, revisionKey } from './testing/objects.ts'

test('pods are counted by state', async () => {
  const client = new FakeKubeClient()
  client.seed(
    podsType,
    pod('ready', { ip: '10.0.0.1' }),
    pod('starting', { ready: false, ip: '10.0.0.2' }),
    pod('pending', { phase: 'Pending', ready: false, ip: '' }),
    pod('pending-but-ready', { phase: 'Pending', ip: '' }),
    pod('leaving', { terminating: true, ip: '10.0.0.3' }),
    pod('done', { phase: 'Succeeded', ip: '10.0.0.4' }),
  )
  const abort = new AbortController()
  const pods = await syncedInformers(
    client,
    new ManualClock(),
    abort.signal,
    (informers) => new RevisionPods(informers),
  )
  expect(pods.counts(revisionKey)).toEqual({ ready: 1, notReady: 4, pending: 2, terminating: 1 })
  expect(pods.readyCount(revisionKey)).toBe(1)
  expect(pods.ready(revisionKey).map(({ metadata }) => metadata.name)).toEqual(['ready'])
  expect(pods.count(revisionKey)).toBe(4)
  expect(['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'].map((ip) => pods.hasIp(revisionKey, ip))).toEqual([
    true,
    true,
    false,
    false,
  ])
  expect(pods.counts('default/other').ready).toBe(0)
  const changed: string[] = []
  pods.onChange((key) => changed.push(key))
  client.remove(podsType, 'default', 'ready')
  expect(changed.slice(-1)).toEqual([revisionKey])
  expect(pods.readyCount(revisionKey)).toBe(0)
  abort.abort()
})
