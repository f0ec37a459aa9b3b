import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { TestWorld } from './testing/test-world.ts'

let world: TestWorld

beforeEach(() => {
  world = new TestWorld()
})

afterEach(() => world.stop())

/** Sends requests at the same time, one to each pod or all to one, twice; how many connections that took. */
async function connectionsFor(podCount: number, requestsPerPod: number): Promise<number> {
  world.addRevision('hello-00001', { containerConcurrency: requestsPerPod })
  const pods = []
  for (let i = 0; i < podCount; i++) pods.push(await world.addPod(`pod-${i}`, `127.0.7.${101 + i}`))
  world.listPods('hello-00001', pods)
  const { throttler } = world.activator.revisions.find({ namespace: 'default', name: 'hello-00001' })!
  while (throttler.assignedPods.length < podCount) await world.clock.advance(10)
  for (const round of [1, 2]) {
    for (const pod of pods) pod.holding = true
    const requests = Array.from({ length: podCount * requestsPerPod }, () => world.get('hello-00001'))
    for (const pod of pods) await pod.received(round * requestsPerPod)
    for (const pod of pods) for (let i = 0; i < requestsPerPod; i++) pod.release()
    await Promise.all(requests.map(({ response }) => response))
    while (throttler.active > 0) await world.clock.settle()
  }
  const ports = pods.flatMap((pod) => pod.requests.map(({ remotePort }) => `${pod.name} ${remotePort}`))
  return new Set(ports).size
}

test.each<[string, Record<string, string>, number, number, number]>([
  ['as many as were needed, by default', {}, 1, 3, 3],
  ['so many to each pod', { MAX_IDLE_PROXY_CONNS_PER_HOST: '1' }, 1, 2, 3],
  ['to each pod, that is, not to all together', { MAX_IDLE_PROXY_CONNS_PER_HOST: '1' }, 2, 1, 2],
  ['so many to all pods together', { MAX_IDLE_PROXY_CONNS: '1' }, 2, 1, 3],
])('connections are kept: %s', async (_, variables, pods, requestsPerPod, connections) => {
  await world.start({}, variables)
  expect(await connectionsFor(pods, requestsPerPod)).toBe(connections)
})

test('pods are probed as often as the environment says', async () => {
  await world.start({}, { PROBE_FREQUENCY: '700ms' })
  const pod = await world.addPod('pod-1', '127.0.7.105', false)
  world.addRevision('hello-00001')
  world.listPods('hello-00001', [], [pod])
  while (pod.probes < 1) await world.clock.settle()
  await world.clock.settle()
  await world.clock.advance(699)
  expect(pod.probes).toBe(1)
  await world.clock.advance(1)
  while (pod.probes < 2) await world.clock.settle()
})

test('a probe is given as much time as the environment says', async () => {
  await world.start({}, { PROBE_TIMEOUT: '5s' })
  const pod = await world.addPod('pod-1', '127.0.7.106')
  pod.silent = true
  world.addRevision('hello-00001')
  world.listPods('hello-00001', [pod])
  while (pod.probes < 1) await world.clock.settle()
  await world.clock.advance(4999)
  expect(pod.probes).toBe(1)
  await world.clock.advance(1)
  while (pod.probes < 2) await world.clock.settle()
})
