import { describe, expect, test } from '@jest/globals'
import { malformedRequests, RawClient, smuggledRequest } from '@knative-ts/http-proxy/testing'
import { testQueueProxy, testUserContainer } from './testing/test-queue-proxy.ts'

describe('requests that must not get to the user container', () => {
  test.each(malformedRequests)('$name: $status', async ({ bytes, status }) => {
    const seen: string[] = []
    await using container = await testUserContainer((request, response) => {
      seen.push(`${request.method} ${request.url}`)
      request.on('error', () => {}).resume()
      request.on('end', () => response.end())
    })
    await using world = await testQueueProxy({ userPort: container.port })
    using client = new RawClient(world.queueProxy.servingPort)
    client.send(bytes + smuggledRequest)
    expect(await client.untilEnd()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(seen).not.toContain('GET /smuggled')
  })
})
