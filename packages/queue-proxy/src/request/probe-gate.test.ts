import type { ServerResponse } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { httpGet } from '../testing/http-get.ts'
import { testQueueProxy, testUserContainer } from '../testing/test-queue-proxy.ts'

type Headers = Record<string, string>

const noHash = 'a probe request must contain a non-empty "K-Network-Hash" header\n'
const app = [200, 'app'] as const
const ready = [200, 'queue'] as const
const leaving = [503, 'shutting down\n'] as const
const unexpected = (value: string) => [400, `unexpected probe header value: ${value}\n`] as const

/** What asks, what it is told, and what it is told while draining. */
const rows: readonly [string, Headers, readonly [number, string], readonly [number, string]][] = [
  ['kubelet', { 'User-Agent': 'kube-probe/1.34', 'K-Network-Probe': 'queue' }, ready, leaving],
  ['activator', { 'User-Agent': 'Knative-Activator-Probe', 'K-Network-Probe': 'queue' }, ready, leaving],
  ['autoscaler', { 'User-Agent': 'Knative-Autoscaling-Probe', 'K-Network-Probe': 'queue' }, ready, leaving],
  [
    'an agent that goes on',
    { 'User-Agent': 'Knative-Activator-Probe/2', 'K-Network-Probe': 'queue' },
    ready,
    leaving,
  ],
  [
    'autoscaler, looking for the activator',
    { 'User-Agent': 'Knative-Autoscaling-Probe', 'K-Network-Probe': 'activator' },
    unexpected('activator'),
    leaving,
  ],
  [
    'kubelet, with the ingress’ header',
    { 'User-Agent': 'kube-probe/1.34', 'K-Network-Probe': 'probe', 'K-Network-Hash': 'h' },
    unexpected('probe'),
    leaving,
  ],
  ['kubelet, without header', { 'User-Agent': 'kube-probe/' }, unexpected(''), leaving],
  ['ingress', { 'K-Network-Probe': 'probe', 'K-Network-Hash': 'h' }, [200, ''], leaving],
  ['ingress, without hash', { 'K-Network-Probe': 'probe' }, [400, noHash], leaving],
  ['a header without an agent', { 'K-Network-Probe': 'queue' }, app, app],
  ['another agent', { 'User-Agent': 'Knative-Ingress-Probe', 'K-Network-Probe': 'queue' }, app, app],
  ['an agent of that kind, but not first', { 'User-Agent': 'x kube-probe/1.34' }, app, app],
  ['kubelet through a mesh', { 'K-Kubelet-Probe': 'queue', 'K-Network-Probe': 'queue' }, app, app],
]

describe('who asks the queue-proxy', () => {
  test.each(rows)('%s', async (_, headers, normally, whileDraining) => {
    await using container = await testUserContainer((_request, response) => response.end('app'))
    await using world = await testQueueProxy({ userPort: container.port, tryProbe: async () => {} })
    const ask = async () => {
      const { status, body, headers: received } = await httpGet(`${world.url}/any?path`, headers)
      expect(received['k-network-hash']).toBe(status === 200 && body === '' ? 'h' : undefined)
      if (status >= 400) expect(received['x-content-type-options']).toBe('nosniff')
      return [status, body]
    }
    expect(await ask()).toEqual(normally)
    void world.queueProxy.shutDown()
    expect(await ask()).toEqual(whileDraining)
  })
})

describe('draining', () => {
  test.each<[string, Headers, boolean]>([
    ['a request', {}, true],
    ['a header of a probe alone', { 'K-Network-Probe': 'queue' }, true],
    ['a kubelet through a mesh', { 'K-Kubelet-Probe': 'queue' }, true],
    ['a kubelet', { 'User-Agent': 'kube-probe/1.34', 'K-Network-Probe': 'queue' }, false],
    ['an ingress', { 'K-Network-Probe': 'probe', 'K-Network-Hash': 'h' }, false],
  ])('is prolonged by whoever is no probe: %s', async (_, headers, prolongs) => {
    const clock = new ManualClock()
    await using container = await testUserContainer((_request, response) => response.end('app'))
    await using world = await testQueueProxy({ userPort: container.port, clock })
    let over = false
    const shutDown = world.queueProxy.shutDown().then(() => {
      over = true
    })
    await clock.advance(20_000)
    await httpGet(world.url, headers)
    await clock.advance(10_000)
    if (prolongs) {
      await clock.advance(19_999)
      expect(over).toBe(false)
      await clock.advance(1)
    }
    await shutDown
  })
})

describe('the header of a kubelet through a mesh', () => {
  test.each<[string, string, number]>([
    ['empty', '', 1],
    ['not empty', 'queue', 0],
  ])('%s: whether a request is counted and limited', async (_, value, requests) => {
    const clock = new ManualClock()
    const held = Promise.withResolvers<ServerResponse>()
    await using container = await testUserContainer((_request, response) => held.resolve(response))
    await using world = await testQueueProxy({
      userPort: container.port,
      clock,
      variables: { CONTAINER_CONCURRENCY: '1' },
    })
    const running = httpGet(world.url, { 'K-Kubelet-Probe': value })
    const response = await held.promise
    expect(world.queueProxy.queueDepth!()).toBe(requests)
    await clock.advance(1_000)
    expect(world.queueProxy.latestStat).toMatchObject({
      averageConcurrentRequests: requests,
      requestCount: requests,
    })
    response.end()
    await running
  })
})

describe('the container’s readiness', () => {
  test('goes on being looked for when who asked has left', async () => {
    const clock = new ManualClock()
    let tries = 0
    const asked = Promise.withResolvers<void>()
    const tryProbe = async () => {
      tries++
      asked.resolve()
      if (tries < 3) throw new Error('not yet')
    }
    await using world = await testQueueProxy({ userPort: 1, tryProbe, clock })
    const impatient = new AbortController()
    const headers = { 'User-Agent': 'kube-probe/1.34', 'K-Network-Probe': 'queue' }
    const given = expect(httpGet(world.url, headers, { signal: impatient.signal })).rejects.toThrow()
    await asked.promise
    impatient.abort()
    await given
    await clock.advance(100)
    expect(tries).toBe(3)
  })
})
