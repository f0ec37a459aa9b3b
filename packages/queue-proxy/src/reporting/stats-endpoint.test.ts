import { describe, expect, test } from '@jest/globals'
import { testServer } from '@knative-ts/http-proxy/testing'
import { Stat } from '@knative-ts/stats'
import { httpGet } from '../testing/http-get.ts'
import { statsEndpoint } from './stats-endpoint.ts'

/** What the autoscaler reads of an answer. */
const mostBytes = 336

/** The longest name that a pod can have, and figures that leave no field out. */
const stat: Stat = {
  podName: 'p'.repeat(253),
  averageConcurrentRequests: 0.1,
  averageProxiedConcurrentRequests: 0.2,
  requestCount: 3,
  proxiedRequestCount: 4,
  processUptime: 5.5,
  timestamp: 0,
}

async function serving<T>(ask: (url: string) => Promise<T>): Promise<T> {
  await using server = await testServer({ handler: statsEndpoint(() => stat) })
  return await ask(`http://127.0.0.1:${server.port}`)
}

describe('the stat for scrapers', () => {
  test.each([
    ['GET', '/metrics', {}],
    ['POST', '/metrics', {}],
    ['PUT', '/metrics?x', { Accept: 'text/plain' }],
    ['GET', '/metrics', { Accept: 'application/protobuf' }],
  ])('%s %s %j is answered with it', async (method, path, headers) => {
    const answer = await serving((url) =>
      httpGet(`${url}${path}`, headers as Record<string, string>, { method }),
    )
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/protobuf' } })
  })

  test('is what the autoscaler can read at once', () => {
    const bytes = Stat.encode(stat).finish()
    expect(Stat.decode(bytes)).toEqual(stat)
    expect(bytes.length).toBeLessThanOrEqual(mostBytes)
  })

  test('is at no other path', async () => {
    expect(await serving((url) => httpGet(`${url}/metrics/`))).toMatchObject({
      status: 404,
      body: '404 page not found\n',
    })
  })
})
