import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { conditionOf, coreServices, ingresses } from '@knative-ts/apis'
import { GatewayWorld } from './testing/gateway-world.ts'
import { kourierIngress, rule, service, split } from './testing/objects.ts'

const external = 8080
const internal = 8081

const world = new GatewayWorld(1)

beforeAll(async () => {
  await world.start()
  await world.addBackend('blue')
  await world.addBackend('green')
})

afterAll(() => world.stop())

async function backends(host: string, count: number): Promise<Record<string, number>> {
  const seen: Record<string, number> = {}
  for (let i = 0; i < count; i++) {
    const { backend } = (await world.gateway.get(host, { port: external })).seen
    seen[backend] = (seen[backend] ?? 0) + 1
  }
  return seen
}

describe('a real Envoy', () => {
  test('serves an Ingress as soon as it is ready, and tells which version', async () => {
    const ready = await world.serve(
      kourierIngress('basic', [rule('basic.test', [{ splits: [split('blue')] }])]),
    )
    expect(ready.status).toMatchObject({
      publicLoadBalancer: { ingress: [{ domainInternal: 'kourier.kourier-system.svc.cluster.local' }] },
      privateLoadBalancer: {
        ingress: [{ domainInternal: 'kourier-internal.kourier-system.svc.cluster.local' }],
      },
    })
    expect((await world.gateway.get('basic.test', { port: external })).seen.backend).toBe('blue')
    expect((await world.gateway.get('basic.test:8080', { port: external })).status).toBe(200)
    expect((await world.gateway.get('other.test', { port: external })).status).toBe(404)
    const probe = { 'K-Network-Probe': 'probe', 'K-Network-Hash': 'override' }
    const answer = await world.gateway.get('basic.test', { port: external, headers: probe })
    expect(answer.headers['k-network-hash']).toMatch(/^[0-9a-f]{64}$/)
    const foreign = { ...probe, 'K-Network-Hash': 'abc' }
    const passed = await world.gateway.get('basic.test', { port: external, headers: foreign })
    expect(passed.headers['k-network-hash']).toBe('abc')
  })

  test('answers its readiness probe once configuration has arrived', async () => {
    const answer = await world.gateway.get('internalkourier', { port: internal, path: '/ready' })
    expect(answer).toMatchObject({ status: 200, body: 'LIVE\n' })
  })

  test('passes trailers on, both ways, also by HTTP/1.1', async () => {
    await world.serve(kourierIngress('trailers', [rule('trailers.test', [{ splits: [split('blue')] }])]))
    const sent = request({
      host: world.address,
      port: external,
      method: 'POST',
      headers: { host: 'trailers.test', te: 'trailers', trailer: 'x-sum' },
      agent: false,
    })
    sent.write('body')
    sent.addTrailers({ 'x-sum': '4' })
    sent.end()
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    let body = ''
    for await (const text of response.setEncoding('utf8')) body += text
    expect(JSON.parse(body).trailers).toEqual({ 'x-sum': '4' })
    expect(response.trailers).toEqual({ 'x-answer': 'done' })
  })

  test('splits by weight', async () => {
    await world.serve(
      kourierIngress('split', [rule('split.test', [{ splits: [split('blue', 80), split('green', 20)] }])]),
    )
    const { blue = 0, green = 0 } = await backends('split.test', 300)
    expect(blue).toBeGreaterThan(200)
    expect(green).toBeGreaterThan(20)
  })

  test('routes by path, longest first, and by tag header', async () => {
    await world.serve(
      kourierIngress('paths', [
        rule('paths.test', [
          { headers: { 'Knative-Serving-Tag': { exact: 'green' } }, splits: [split('green')] },
          { splits: [split('blue')] },
          { path: '/green', splits: [split('green')] },
        ]),
      ]),
    )
    const backendOf = async (path: string, headers: Record<string, string> = {}) =>
      (await world.gateway.get('paths.test', { port: external, path, headers })).seen.backend
    expect(await backendOf('/')).toBe('blue')
    expect(await backendOf('/green/x')).toBe('green')
    expect(await backendOf('/', { 'Knative-Serving-Tag': 'green' })).toBe('green')
    expect(await backendOf('/', { 'Knative-Serving-Tag': 'red' })).toBe('blue')
  })

  test('sets headers over what the client sent, and rewrites the host', async () => {
    await world.serve(
      kourierIngress('headers', [
        rule('headers.test', [
          {
            rewriteHost: 'inner.test',
            appendHeaders: { 'X-Path': 'path' },
            splits: [split('blue', 100, { appendHeaders: { 'X-Split': 'split' } })],
          },
        ]),
      ]),
    )
    const { seen } = await world.gateway.get('headers.test', {
      port: external,
      headers: { 'X-Path': 'client', 'X-Split': 'client' },
    })
    expect(seen.headers).toMatchObject({ 'x-path': 'path', 'x-split': 'split', host: 'inner.test' })
  })

  test('speaks HTTP/2 to backends whose port is named so', async () => {
    await world.addBackend('h2', { protocol: 'h2c', portName: 'http2' })
    await world.serve(kourierIngress('h2c', [rule('h2c.test', [{ splits: [split('h2')] }])]))
    expect((await world.gateway.get('h2c.test', { port: external })).seen.httpVersion).toBe('2.0')
  })

  test('reaches what an ExternalName names, by its rewritten host', async () => {
    await world.serve(kourierIngress('inner', [rule('inner.test', [{ splits: [split('blue')] }])]))
    const vanity = service('vanity', 0)
    vanity.spec = {
      type: 'ExternalName',
      externalName: world.address,
      ports: [{ name: 'http2', port: external }],
    }
    world.client.seed(coreServices, vanity)
    const path = { rewriteHost: 'inner.test', splits: [split('vanity', 100, { servicePort: 'http2' })] }
    await world.serve(kourierIngress('vanity', [rule('vanity.test', [path])]))
    const { seen } = await world.gateway.get('vanity.test', { port: external })
    expect(seen).toMatchObject({ backend: 'blue', headers: { host: 'inner.test' } })
  })

  test('keeps cluster-local hosts off the external port', async () => {
    await world.serve(
      kourierIngress('local', [
        rule('local.test', [{ splits: [split('blue')] }], { visibility: 'ClusterLocal' }),
      ]),
    )
    expect((await world.gateway.get('local.test', { port: external })).status).toBe(404)
    expect((await world.gateway.get('local.test', { port: internal })).status).toBe(200)
  })

  test('redirects to https, and still gets ready', async () => {
    await world.serve(
      kourierIngress('redirect', [rule('redirect.test', [{ splits: [split('blue')] }])], {
        httpOption: 'Redirected',
      }),
    )
    const answer = await world.gateway.get('redirect.test', { port: external, path: '/a?b' })
    expect(answer).toMatchObject({ status: 301, headers: { location: 'https://redirect.test/a?b' } })
  })

  test('carries WebSockets', async () => {
    const socket = await world.gateway.upgrade('basic.test', { port: external })
    socket.write('ping')
    const [echo] = (await once(socket, 'data')) as [Buffer]
    expect(echo.toString()).toBe('ping')
    socket.destroy()
  })

  test('changes backends without a failed request', async () => {
    await world.addBackend('turn-0')
    await world.serve(kourierIngress('update', [rule('update.test', [{ splits: [split('turn-0')] }])]))
    const failures: number[] = []
    let stopped = false
    let asked = 0
    const client = (async () => {
      while (!stopped) {
        const { status } = await world.gateway.get('update.test', { port: external })
        asked++
        if (status !== 200) failures.push(status)
      }
    })()
    for (let turn = 1; turn <= 5; turn++) {
      await world.addBackend(`turn-${turn}`)
      await world.change('update', (ingress) => {
        ingress.spec.rules = [rule('update.test', [{ splits: [split(`turn-${turn}`)] }])]
      })
      expect((await world.gateway.get('update.test', { port: external })).seen.backend).toBe(`turn-${turn}`)
      await world.removeBackend(`turn-${turn - 1}`)
    }
    stopped = true
    await client
    expect(failures).toEqual([])
    expect(asked).toBeGreaterThan(5)
  })

  test('goes on serving while the controller restarts, then hears of news', async () => {
    await world.serve(kourierIngress('steady', [rule('steady.test', [{ splits: [split('blue')] }])]))
    const restarted = world.restartController()
    let done = false
    const finished = restarted.finally(() => (done = true))
    while (!done) expect((await world.gateway.get('steady.test', { port: external })).status).toBe(200)
    await finished
    await world.serve(kourierIngress('news', [rule('news.test', [{ splits: [split('green')] }])]))
    expect((await world.gateway.get('news.test', { port: external })).seen.backend).toBe('green')
    expect((await world.gateway.get('steady.test', { port: external })).status).toBe(200)
  })

  test('a host belongs to the first that claims it, and is handed on', async () => {
    await world.serve(kourierIngress('first', [rule('contested.test', [{ splits: [split('blue')] }])]))
    const second = kourierIngress('second', [rule('contested.test', [{ splits: [split('green')] }])])
    await world.client.create(ingresses, second)
    await world.until(
      ingresses,
      second,
      ({ status }) => conditionOf(status, 'LoadBalancerReady')?.reason === 'DomainConflict',
    )
    expect((await world.gateway.get('contested.test', { port: external })).seen.backend).toBe('blue')
    world.client.remove(ingresses, 'default', 'first')
    await world.ready(second)
    expect((await world.gateway.get('contested.test', { port: external })).seen.backend).toBe('green')
  })

  test('an Ingress that a gateway would refuse harms no other', async () => {
    const bad = kourierIngress('bad', [
      rule('bad.test', [{ appendHeaders: { 'x-bad': 'a\r\nb' }, splits: [split('blue')] }]),
    ])
    await world.client.create(ingresses, bad)
    await world.until(
      ingresses,
      bad,
      ({ status }) => conditionOf(status, 'Ready')?.reason === 'ReconcileIngressFailed',
    )
    await world.serve(kourierIngress('good', [rule('good.test', [{ splits: [split('blue')] }])]))
    expect((await world.gateway.get('good.test', { port: external })).status).toBe(200)
    await world.change('bad', (ingress) => {
      ingress.spec.rules = [rule('bad.test', [{ splits: [split('blue')] }])]
    })
    expect((await world.gateway.get('bad.test', { port: external })).status).toBe(200)
  })
})
