import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { httpGet } from '../testing/http-get.ts'
import { burstContainer, testQueueProxy, testUserContainer } from '../testing/test-queue-proxy.ts'

describe('a kubelet’s probe that a mesh rewrote', () => {
  test('gets to the container beside the limit, uncounted, with the Host it came with', async () => {
    const clock = new ManualClock()
    const held: ServerResponse[] = []
    const seen: IncomingMessage[] = []
    await using container = await testUserContainer((request, response) => {
      if (request.headers['k-kubelet-probe'] === undefined) held.push(response)
      else {
        seen.push(request)
        response.end('app')
      }
    })
    await using world = await testQueueProxy({
      userPort: container.port,
      clock,
      variables: { CONTAINER_CONCURRENCY: '1' },
    })
    const arrived = once(container.server, 'request')
    const running = httpGet(world.url)
    await arrived
    const headers = {
      Host: 'pod',
      'K-Kubelet-Probe': 'queue',
      'K-Original-Host': 'hello.example.com',
      'Knative-Serving-Revision': 'hello-00001',
    }
    expect(await httpGet(world.url, headers)).toMatchObject({ status: 200, body: 'app' })
    expect(seen[0]!.headers).toMatchObject({ host: 'pod', 'k-original-host': 'hello.example.com' })
    expect(seen[0]!.headers['knative-serving-revision']).toBeUndefined()
    expect(world.queueProxy.queueDepth!()).toBe(1)
    await clock.advance(1000)
    expect(world.queueProxy.latestStat).toMatchObject({ averageConcurrentRequests: 1, requestCount: 1 })
    held[0]!.end()
    await running
  })
})

test('headers of the data path that a request has without being a probe are left on it', async () => {
  const seen: IncomingMessage[] = []
  await using container = await testUserContainer((request, response) => {
    seen.push(request)
    response.end()
  })
  await using world = await testQueueProxy({ userPort: container.port })
  const kept = {
    'k-network-hash': 'h',
    'k-proxy-request': 'activator',
    'knative-serving-tag': 'blue',
    'knative-serving-default-route': 'false',
    'x-request-id': '7',
  }
  await httpGet(world.url, { ...kept, 'knative-serving-revision': 'r', 'knative-serving-namespace': 'n' })
  expect(seen[0]!.headers).toMatchObject(kept)
  expect(Object.keys(seen[0]!.headers).filter((name) => /revision|namespace|original/.test(name))).toEqual([])
})

describe('containerConcurrency', () => {
  test('lets ten times as many wait as run, then refuses', async () => {
    const held: ServerResponse[] = []
    await using container = await testUserContainer((_request, response) => held.push(response))
    await using world = await testQueueProxy({
      userPort: container.port,
      variables: { CONTAINER_CONCURRENCY: '2' },
    })
    const stop = new AbortController()
    const admitted = Array.from({ length: 22 }, () =>
      httpGet(world.url, {}, { signal: stop.signal }).catch(() => 'stopped'),
    )
    while (world.queueProxy.queueDepth!() < 22) await new Promise((resolve) => setImmediate(resolve))
    expect(await httpGet(world.url)).toMatchObject({
      status: 503,
      body: 'pending request queue full\n',
      headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
    })
    while (held.length < 2) await new Promise((resolve) => setImmediate(resolve))
    expect(held).toHaveLength(2)
    stop.abort()
    await Promise.all(admitted)
  })

  test('counts those that wait for a place as concurrency, too', async () => {
    const clock = new ManualClock()
    const held: ServerResponse[] = []
    await using container = await testUserContainer((_request, response) => held.push(response))
    await using world = await testQueueProxy({
      userPort: container.port,
      clock,
      variables: { CONTAINER_CONCURRENCY: '1' },
    })
    const answers = [httpGet(world.url), httpGet(world.url, { 'K-Proxy-Request': 'activator' })]
    while (world.queueProxy.queueDepth!() < 2) await new Promise((resolve) => setImmediate(resolve))
    await clock.advance(1_000)
    expect(world.queueProxy.latestStat).toMatchObject({
      averageConcurrentRequests: 2,
      averageProxiedConcurrentRequests: 1,
      requestCount: 2,
      proxiedRequestCount: 1,
    })
    for (let n = 0; n < 2; n++) {
      while (held.length <= n) await new Promise((resolve) => setImmediate(resolve))
      held[n]!.end()
    }
    await Promise.all(answers)
  })

  test('0 sets no limit and keeps the connections that were needed', async () => {
    const many = 150
    await using container = await burstContainer(many)
    await using world = await testQueueProxy({ userPort: container.port })
    expect(world.queueProxy.queueDepth).toBeUndefined()
    for (let round = 0; round < 2; round++) {
      const answers = await Promise.all(Array.from({ length: many }, () => httpGet(world.url)))
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    }
    expect(container.connections).toBe(many)
  })
})
