import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { RawClient } from '@knative-ts/http-proxy/testing'
import { Stat } from '@knative-ts/stats'
import { ProbeError } from './errors.ts'
import { httpGet } from './testing/http-get.ts'
import { testQueueProxy, testUserContainer } from './testing/test-queue-proxy.ts'

const kubelet = { 'User-Agent': 'kube-probe/1.34', 'K-Network-Probe': 'queue' }

/** A user container that answers when it is told to. */
async function slowContainer() {
  const waiting: ServerResponse[] = []
  const seen: IncomingMessage[] = []
  let wake = () => {}
  const container = await testUserContainer((request, response) => {
    seen.push(request)
    waiting.push(response)
    wake()
  })
  return {
    port: container.port,
    waiting,
    seen,
    async arrived(count: number) {
      while (seen.length < count) await new Promise<void>((resolve) => (wake = resolve))
    },
    [Symbol.asyncDispose]: () => container[Symbol.asyncDispose](),
  }
}

describe('probes', () => {
  test.each([
    ['kubelet', kubelet, 200, 'queue'],
    ['activator', { 'User-Agent': 'Knative-Activator-Probe', 'K-Network-Probe': 'queue' }, 200, 'queue'],
    [
      'autoscaler, looking for the activator',
      { 'User-Agent': 'Knative-Autoscaling-Probe', 'K-Network-Probe': 'activator' },
      400,
      'unexpected probe header value: activator\n',
    ],
    ['kubelet without header', { 'User-Agent': 'kube-probe/1.34' }, 400, 'unexpected probe header value: \n'],
    ['network', { 'K-Network-Probe': 'probe', 'K-Network-Hash': 'h1' }, 200, ''],
    [
      'network without hash',
      { 'K-Network-Probe': 'probe' },
      400,
      'a probe request must contain a non-empty "K-Network-Hash" header\n',
    ],
    ['a header alone is none', { 'K-Network-Probe': 'queue' }, 200, 'app'],
    ['a mesh-rewritten one goes to the app', { 'K-Kubelet-Probe': '1' }, 200, 'app'],
  ])('%s', async (_name, headers, status, body) => {
    await using container = await testUserContainer((_request, response) => response.end('app'))
    await using world = await testQueueProxy({ userPort: container.port, tryProbe: async () => {} })
    const answer = await httpGet(`${world.url}/any/path`, headers)
    expect([answer.status, answer.body]).toEqual([status, body])
    if ('K-Network-Hash' in headers) expect(answer.headers['k-network-hash']).toBe('h1')
  })

  test('a container that is not ready is 503 without a word', async () => {
    const tryProbe = async () => {
      throw new ProbeError('no')
    }
    const variables = { SERVING_READINESS_PROBE: '{"tcpSocket":{"port":1},"periodSeconds":1}' }
    await using world = await testQueueProxy({ userPort: 1, tryProbe, variables })
    expect(await httpGet(world.url, kubelet)).toMatchObject({ status: 503, body: '' })
  })

  test('readiness is announced when the container first passes, and when we drain', async () => {
    const clock = new ManualClock()
    let ready = false
    const tryProbe = async () => {
      if (!ready) throw new ProbeError('not yet')
    }
    await using world = await testQueueProxy({ userPort: 1, tryProbe, clock })
    const news: string[] = []
    world.queueProxy.announceReadiness({
      markReady: () => news.push('ready'),
      markNotReady: () => news.push('not ready'),
      close: () => {},
    })
    world.queueProxy.awaitReadiness()
    await clock.advance(1000)
    expect(news).toEqual([])
    ready = true
    await clock.advance(50)
    expect(news).toEqual(['ready'])
    world.queueProxy.shutDown()
    expect(news).toEqual(['ready', 'not ready'])
  })

  test('whoever asks to be told after the container became ready is told at once', async () => {
    const clock = new ManualClock()
    await using world = await testQueueProxy({ userPort: 1, tryProbe: async () => {}, clock })
    world.queueProxy.awaitReadiness()
    await clock.settle()
    const news: string[] = []
    world.queueProxy.announceReadiness({
      markReady: (port) => news.push(`ready on ${port}`),
      markNotReady: () => news.push('not ready'),
      close: () => {},
    })
    expect(news).toEqual([`ready on ${world.environment.servingPort}`])
  })
})

describe('requests', () => {
  test('reach the container with the headers of the contract', async () => {
    await using container = await slowContainer()
    await using world = await testQueueProxy({ userPort: container.port })
    using client = new RawClient(world.queueProxy.servingPort)
    client.send(
      [
        'GET /p?q=%20 HTTP/1.1',
        'Host: 10.0.0.7:8012',
        'K-Original-Host: hello.default.example.com',
        'K-Proxy-Request: activator',
        'Knative-Serving-Revision: hello-00001',
        'Knative-Serving-Namespace: default',
        'Knative-Serving-Tag: blue',
        'X-Forwarded-For: 1.2.3.4, ::1',
        'X-Forwarded-Proto: https',
        'traceparent: 00-abc-def-01',
        '',
        '',
      ].join('\r\n'),
    )
    await container.arrived(1)
    expect(container.seen[0]!.url).toBe('/p?q=%20')
    expect(container.seen[0]!.rawHeaders).toEqual([
      ...['Host', 'hello.default.example.com'],
      ...['K-Proxy-Request', 'activator'],
      ...['Knative-Serving-Tag', 'blue'],
      ...['X-Forwarded-Proto', 'https'],
      ...['traceparent', '00-abc-def-01'],
      ...['X-Forwarded-For', '1.2.3.4, ::1, 127.0.0.1'],
      ...['Forwarded', 'for=1.2.3.4;proto=https, for="[::1]"'],
    ])
  })

  test('to a container that is down are 502 in the words of Go', async () => {
    const container = await testUserContainer(() => {})
    await container[Symbol.asyncDispose]()
    await using world = await testQueueProxy({ userPort: container.port })
    expect(await httpGet(world.url)).toMatchObject({
      status: 502,
      body: `dial tcp 127.0.0.1:${container.port}: connect: connection refused\n`,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
    })
  })

  test('beyond the concurrency wait in order; beyond ten times that they are refused', async () => {
    await using container = await slowContainer()
    await using world = await testQueueProxy({
      userPort: container.port,
      variables: { CONTAINER_CONCURRENCY: '1' },
    })
    const answers = [httpGet(`${world.url}/0`)]
    await container.arrived(1)
    for (let n = 1; n <= 10; n++) {
      answers.push(httpGet(`${world.url}/${n}`))
      while (world.queueProxy.queueDepth!() < n + 1) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await httpGet(world.url)).toMatchObject({ status: 503, body: 'pending request queue full\n' })
    expect(await httpGet(world.url, kubelet)).toMatchObject({ status: 200 })
    for (let n = 0; n <= 10; n++) {
      await container.arrived(n + 1)
      expect(container.seen).toHaveLength(n + 1)
      expect(container.seen[n]!.url).toBe(`/${n}`)
      container.waiting[n]!.end(`answer ${n}`)
    }
    expect((await Promise.all(answers)).map(({ body }) => body)).toEqual(answers.map((_, n) => `answer ${n}`))
    expect(world.queueProxy.queueDepth!()).toBe(0)
  })

  test('whose client left give their place in the queue up', async () => {
    await using container = await slowContainer()
    await using world = await testQueueProxy({
      userPort: container.port,
      variables: { CONTAINER_CONCURRENCY: '1' },
    })
    const first = httpGet(world.url)
    await container.arrived(1)
    const controller = new AbortController()
    const second = expect(httpGet(world.url, {}, { signal: controller.signal })).rejects.toThrow()
    while (world.queueProxy.queueDepth!() < 2) await new Promise((resolve) => setImmediate(resolve))
    controller.abort()
    await second
    while (world.queueProxy.queueDepth!() > 1) await new Promise((resolve) => setImmediate(resolve))
    container.waiting[0]!.end()
    await first
    expect(container.seen).toHaveLength(1)
  })

  test('whose client left with much of its body unread do so too', async () => {
    await using container = await slowContainer()
    await using world = await testQueueProxy({
      userPort: container.port,
      variables: { CONTAINER_CONCURRENCY: '1' },
    })
    const first = httpGet(world.url)
    await container.arrived(1)
    using second = new RawClient(world.queueProxy.servingPort)
    second.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n')
    second.send('x'.repeat(512 << 10))
    while (world.queueProxy.queueDepth!() < 2) await new Promise((resolve) => setImmediate(resolve))
    second.socket.destroy()
    while (world.queueProxy.queueDepth!() > 1) await new Promise((resolve) => setImmediate(resolve))
    container.waiting[0]!.end()
    await first
    expect(container.seen).toHaveLength(1)
  })

  test('that wait too long for a place are 504 and leave the queue', async () => {
    const clock = new ManualClock()
    await using container = await slowContainer()
    await using world = await testQueueProxy({
      userPort: container.port,
      clock,
      variables: { CONTAINER_CONCURRENCY: '1', REVISION_TIMEOUT_SECONDS: '5' },
    })
    const first = httpGet(world.url)
    await container.arrived(1)
    const second = httpGet(world.url)
    while (world.queueProxy.queueDepth!() < 2) await new Promise((resolve) => setImmediate(resolve))
    await clock.advance(5_000)
    expect(await first).toMatchObject({ status: 504, body: 'request timeout' })
    expect(await second).toMatchObject({ status: 504, body: 'request timeout' })
    expect(world.queueProxy.queueDepth!()).toBe(0)
  })
})

describe('statistics', () => {
  test('are those of the last whole second, as protobuf', async () => {
    const clock = new ManualClock()
    await using container = await slowContainer()
    await using world = await testQueueProxy({ userPort: container.port, clock })
    const scrape = async () => {
      const answer = await fetchStat(world.queueProxy.statsPort)
      expect(answer.type).toBe('application/protobuf')
      return answer.stat
    }
    const blankStat = { ...zeroStat, podName: 'hello-00001-deployment-abc' }
    expect(await scrape()).toEqual(blankStat)
    const direct = httpGet(world.url)
    await container.arrived(1)
    await clock.advance(500)
    const proxied = httpGet(world.url, { 'K-Proxy-Request': 'activator' })
    await container.arrived(2)
    await httpGet(world.url, kubelet)
    await clock.advance(500)
    expect(await scrape()).toEqual({
      ...blankStat,
      averageConcurrentRequests: 1.5,
      averageProxiedConcurrentRequests: 0.5,
      requestCount: 2,
      proxiedRequestCount: 1,
      processUptime: 1,
    })
    for (const response of container.waiting) response.end()
    await Promise.all([direct, proxied])
    await clock.advance(2_000)
    expect(await scrape()).toMatchObject({ averageConcurrentRequests: 0, requestCount: 0, processUptime: 3 })
  })
})

describe('draining', () => {
  test('preStop waits until the pod is quiet; probes fail, requests are served', async () => {
    const clock = new ManualClock()
    await using container = await testUserContainer((_request, response) => response.end('app'))
    await using world = await testQueueProxy({ userPort: container.port, clock })
    const { queueProxy, url } = world
    const preStop = { done: false }
    const waited = httpGet(`http://127.0.0.1:${queueProxy.adminPort}/wait-for-drain`).then((answer) => {
      preStop.done = true
      return answer
    })
    while ((await httpGet(url, kubelet)).status !== 503) await clock.settle()
    expect(await httpGet(url, kubelet)).toMatchObject({ status: 503, body: 'shutting down\n' })
    expect(await httpGet(url, { 'K-Network-Probe': 'probe', 'K-Network-Hash': 'x' })).toMatchObject({
      status: 503,
    })
    const exit = { done: false }
    queueProxy.shutDown().then(() => {
      exit.done = true
    })
    await clock.advance(20_000)
    expect(await httpGet(url)).toMatchObject({ status: 200, body: 'app' })
    await clock.advance(29_999)
    expect([preStop.done, exit.done]).toEqual([false, false])
    await clock.advance(1)
    expect(await waited).toMatchObject({ status: 200 })
    while (!exit.done) await clock.settle()
    await expect(httpGet(url)).rejects.toThrow('ECONNREFUSED')
  })

  test.each([
    ['GET', '/wait-for-drain'],
    ['POST', '/wait-for-drain?x=y'],
  ])('%s %s starts it', async (method, path) => {
    const clock = new ManualClock()
    await using world = await testQueueProxy({ userPort: 1, clock, tryProbe: async () => {} })
    const waited = httpGet(`http://127.0.0.1:${world.queueProxy.adminPort}${path}`, {}, { method })
    while ((await httpGet(world.url, kubelet)).body !== 'shutting down\n') await clock.settle()
    await clock.advance(1_000)
    expect(await waited).toMatchObject({ status: 200, body: '' })
  })

  test.each(['/', '/wait-for-drain/', '/metrics'])('%s does not', async (path) => {
    await using world = await testQueueProxy({ userPort: 1, tryProbe: async () => {} })
    expect(await httpGet(`http://127.0.0.1:${world.queueProxy.adminPort}${path}`)).toMatchObject({
      status: 404,
      body: '404 page not found\n',
    })
    expect(await httpGet(world.url, kubelet)).toMatchObject({ status: 200 })
  })

  test('a preStop without our own termination is called off after a second', async () => {
    const clock = new ManualClock()
    await using container = await testUserContainer((_request, response) => response.end('app'))
    await using world = await testQueueProxy({ userPort: container.port, clock })
    const waited = httpGet(`http://127.0.0.1:${world.queueProxy.adminPort}/wait-for-drain`)
    while ((await httpGet(world.url, kubelet)).status !== 503) await clock.settle()
    await clock.advance(1_000)
    expect(await waited).toMatchObject({ status: 200 })
    expect(await httpGet(world.url, kubelet)).toMatchObject({ status: 200 })
  })

  test('waits for requests in flight, and a minute more for upgraded connections', async () => {
    const clock = new ManualClock()
    const responses: ServerResponse[] = []
    await using container = await testUserContainer((_request, response) => responses.push(response))
    container.server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
      socket.on('error', () => {})
      socket.on('end', () => socket.end())
      socket.resume()
    })
    await using world = await testQueueProxy({ userPort: container.port, clock })
    using upgraded = new RawClient(world.queueProxy.servingPort)
    upgraded.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
    await upgraded.until('101')
    const answer = httpGet(world.url)
    await once(container.server, 'request')
    const exit = { done: false }
    world.queueProxy.shutDown().then(() => {
      exit.done = true
    })
    await clock.advance(30_000)
    await clock.advance(200_000)
    expect(exit.done).toBe(false)
    responses[0]!.end('at last')
    expect(await answer).toMatchObject({ status: 200, body: 'at last', headers: { connection: 'close' } })
    await clock.settle()
    await clock.advance(59_000)
    expect([exit.done, upgraded.socket.readableEnded]).toEqual([false, false])
    await clock.advance(1_001)
    await upgraded.untilEnd()
    while (!exit.done) await clock.settle()
  })
})

async function fetchStat(port: number): Promise<{ stat: Stat; type: string | undefined }> {
  using client = new RawClient(port)
  client.send('GET /metrics HTTP/1.1\r\nHost: a\r\nAccept: text/plain\r\nConnection: close\r\n\r\n')
  const text = await client.untilEnd()
  const split = text.indexOf('\r\n\r\n')
  return {
    stat: Stat.decode(Buffer.from(text.slice(split + 4), 'latin1')),
    type: /content-type: (.*)\r\n/i.exec(text.slice(0, split + 2))?.[1],
  }
}

const zeroStat: Stat = {
  podName: '',
  averageConcurrentRequests: 0,
  averageProxiedConcurrentRequests: 0,
  requestCount: 0,
  proxiedRequestCount: 0,
  processUptime: 0,
  timestamp: 0,
}
