import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { TestWorld } from '../testing/test-world.ts'

const kubelet = { 'user-agent': 'kube-probe/1.34' }
const meshKubelet = { 'k-kubelet-probe': 'queue' }
const errorHeaders = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }

let world: TestWorld

beforeEach(() => {
  world = new TestWorld()
})

afterEach(() => world.stop())

describe('the kubelet', () => {
  test.each([
    ['by its User-Agent', kubelet],
    ['through a mesh, by a header', meshKubelet],
    ['whatever else it says', { ...kubelet, 'k-network-probe': 'probe' }],
    [
      'whatever it asks for',
      { ...kubelet, 'knative-serving-revision': 'a', 'knative-serving-namespace': 'b' },
    ],
  ])('is answered %s', async (_, headers) => {
    await world.start()
    for (const method of ['GET', 'POST']) {
      expect(await world.send('/any', headers, method).response).toMatchObject({ status: 200, body: '' })
    }
  })

  test('is told 500 while the autoscaler is not reached', async () => {
    await world.start()
    const text = 'connection has not yet been established'
    await world.loseAutoscaler()
    expect(world.activator.unhealthy()).toBe(text)
    for (const headers of [kubelet, meshKubelet]) {
      expect(await world.send('/', headers).response).toMatchObject({
        status: 500,
        body: `${text}\n`,
        headers: errorHeaders,
      })
    }
  })
})

describe('what is no probe of the kubelet', () => {
  const meantForThePod = 'unexpected probe header value: "queue"\n'

  test.each<[string, Record<string, string>, number, string]>([
    ['a queue-proxy’s', { 'k-network-probe': 'queue' }, 400, meantForThePod],
    ['a value with HTML', { 'k-network-probe': `&'<>"` }, 400, `"&amp;&#39;&lt;&gt;&#34;"`],
    ['a value to be quoted', { 'k-network-probe': 'a\\b' }, 400, String.raw`"a\\b"`],
    ['an empty one is a request', { 'k-network-probe': '' }, 404, 'not found\n'],
    ['so is an empty one of the kubelet', { 'k-kubelet-probe': '' }, 404, 'not found\n'],
  ])('%s', async (_, headers, status, text) => {
    await world.start()
    const response = await world.send('/', headers).response
    expect(response).toMatchObject({ status, headers: errorHeaders })
    expect(response.body).toContain(text)
    if (status === 400) expect(response.body).toMatch(/^unexpected probe header value: ".*"\n$/)
  })

  test('an ingress without a hash is refused as an error', async () => {
    await world.start()
    const { response } = world.send('/', { 'k-network-probe': 'probe', 'k-network-hash': '' })
    expect(await response).toMatchObject({
      status: 400,
      body: 'a probe request must contain a non-empty "K-Network-Hash" header\n',
      headers: errorHeaders,
    })
  })
})

test('probes are never counted as load', async () => {
  await world.start()
  world.addRevision('hello-00001')
  world.listPods('hello-00001', [await world.addPod('pod-1', '127.0.7.91')])
  for (const headers of [kubelet, { 'k-network-probe': 'activator' }])
    await world.get('hello-00001', headers).response
  await world.clock.advance(1000)
  await world.get('hello-00001').response
  await world.until(() => world.loads.length > 0)
  expect(world.loads).toEqual(['hello-00001 1 1'])
})
