import { expect, test } from '@jest/globals'
import { pods } from '@knative-ts/apis'
import { FakeKubeClient } from '@knative-ts/kube/testing'
import { Observer } from './observer.ts'

test('what is there, what comes and what goes is seen', async () => {
  const client = new FakeKubeClient()
  await client.create(pods, { metadata: { namespace: 'ns', name: 'a' } })
  const observer = await Observer.start(client, pods, 'ns')
  expect(await observer.until('a', (objects) => objects.has('a'), 1_000)).toBeGreaterThan(0)
  const came = observer.until('b', (objects) => objects.has('b'), 10_000)
  const went = observer.until('nothing', (objects) => objects.size === 0, 10_000)
  await client.create(pods, { metadata: { namespace: 'ns', name: 'b' } })
  const cameMs = await came
  await client.delete(pods, 'ns', 'a')
  await client.delete(pods, 'ns', 'b')
  expect(await went).toBeGreaterThanOrEqual(cameMs)
  observer.stop()
})

test('what does not come is an error that names it', async () => {
  const observer = await Observer.start(new FakeKubeClient(), pods, 'ns')
  const never = observer.until('a pod called c', (objects) => objects.has('c'), 1)
  await expect(never).rejects.toThrow('a pod called c: not within 0.001 s')
  observer.stop()
})
