import { expect, test } from '@jest/globals'
import { httpGet } from './testing/http-get.ts'
import { burstContainer, testQueueProxy } from './testing/test-queue-proxy.ts'

/** No limit on concurrency holds for it. */
const unlimited = { 'K-Kubelet-Probe': 'queue' }

test.each([
  ['2', 2],
  ['0', 1000],
])('of a burst with containerConcurrency %s, %i connections are kept for the next', async (limit, kept) => {
  const burst = kept + 1
  await using container = await burstContainer(burst)
  await using world = await testQueueProxy({
    userPort: container.port,
    variables: { CONTAINER_CONCURRENCY: limit },
  })
  const requestAll = () => Promise.all(Array.from({ length: burst }, () => httpGet(world.url, unlimited)))
  await requestAll()
  expect(container.connections).toBe(burst)
  await requestAll()
  expect(container.connections).toBe(burst + 1)
})
