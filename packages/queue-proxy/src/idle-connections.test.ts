import type { ServerResponse } from 'node:http'
import { expect, test } from '@jest/globals'
import { httpGet } from './testing/http-get.ts'
import { testQueueProxy, testUserContainer } from './testing/test-queue-proxy.ts'

/** No limit on concurrency holds for it. */
const unlimited = { 'K-Kubelet-Probe': 'queue' }

test.each([
  ['2', 2],
  ['0', 1000],
])('of a burst with containerConcurrency %s, %i connections are kept for the next', async (limit, kept) => {
  const burst = kept + 1
  let connections = 0
  const held: ServerResponse[] = []
  await using container = await testUserContainer((_request, response) => {
    held.push(response)
    if (held.length === burst) for (const waiting of held.splice(0)) waiting.end()
  })
  container.server.on('connection', () => connections++)
  await using world = await testQueueProxy({
    userPort: container.port,
    variables: { CONTAINER_CONCURRENCY: limit },
  })
  const requestAll = () => Promise.all(Array.from({ length: burst }, () => httpGet(world.url, unlimited)))
  await requestAll()
  expect(connections).toBe(burst)
  await requestAll()
  expect(connections).toBe(burst + 1)
})
