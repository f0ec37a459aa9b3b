import { once } from 'node:events'
import { request } from 'node:http'
import { connect, constants } from 'node:http2'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { revisions } from '@knative-ts/apis'
import { headerValue } from '@knative-ts/http-proxy'
import { RawClient } from '@knative-ts/http-proxy/testing'
import { TestWorld } from './testing/test-world.ts'

let world: TestWorld

beforeEach(() => {
  world = new TestWorld()
})

afterEach(() => world.stop())

describe('from zero', () => {
  test('a request is reported at once, waits, and is served when Endpoints lists a pod that passes its probe', async () => {
    await world.start()
    world.addRevision('hello-00001')
    const request = world.get('hello-00001')
    await world.until(() => world.loads.length > 0)
    expect(world.loads).toEqual(['hello-00001 1 1'])
    const pod = await world.addPod('pod-1', '127.0.7.11')
    world.listPods('hello-00001', [], [pod])
    expect(await request.response).toMatchObject({ status: 200, body: 'pod-1' })
  })

  test('a pushed pod is used before Endpoints knows it', async () => {
    await world.start()
    world.addRevision('hello-00001')
    const request = world.get('hello-00001')
    await world.until(() => world.loads.length > 0)
    const pod = await world.addPod('pod-1', '127.0.7.12')
    world.announce('hello-00001', pod)
    expect(await request.response).toMatchObject({ status: 200, body: 'pod-1' })
    expect(pod.probes).toBe(1)
  })

  test('a pod that was not ready yet is used as soon as it says so', async () => {
    await world.start()
    world.addRevision('hello-00001')
    const request = world.get('hello-00001')
    await world.until(() => world.loads.length > 0)
    const pod = await world.addPod('pod-1', '127.0.7.13', false)
    world.listPods('hello-00001', [], [pod])
    pod.ready = true
    world.announce('hello-00001', pod)
    expect(await request.response).toMatchObject({ status: 200, body: 'pod-1' })
  })

  test('a false push does no harm', async () => {
    await world.start()
    world.addRevision('hello-00001')
    const request = world.get('hello-00001')
    await world.until(() => world.loads.length > 0)
    const liar = await world.addPod('pod-1', '127.0.7.14', false)
    world.announce('hello-00001', liar)
    const pod = await world.addPod('pod-2', '127.0.7.15')
    world.listPods('hello-00001', [pod])
    expect(await request.response).toMatchObject({ status: 200, body: 'pod-2' })
  })

  test('the probe’s connection serves the first request', async () => {
    await world.start()
    world.addRevision('hello-00001')
    const pod = await world.addPod('pod-1', '127.0.7.16')
    const request = world.get('hello-00001')
    await world.until(() => world.loads.length > 0)
    world.listPods('hello-00001', [pod])
    await request.response
    await world.get('hello-00001').response
    expect(new Set(pod.requests.map((exchange) => exchange.remotePort)).size).toBe(1)
  })

  test('a request that waits longer than the revision’s timeout is answered 504', async () => {
    await world.start()
    world.addRevision('hello-00001', { timeoutSeconds: 5 })
    const request = world.get('hello-00001')
    await world.until(() => world.loads.length > 0)
    await world.clock.advance(5000)
    expect(await request.response).toMatchObject({ status: 504, body: 'activator request timeout' })
  })

  test('a request for a revision that is deleted meanwhile gets an empty 500', async () => {
    await world.start()
    world.addRevision('hello-00001')
    const request = world.get('hello-00001')
    await world.until(() => world.loads.length > 0)
    world.api.remove(revisions, 'default', 'hello-00001')
    expect(await request.response).toMatchObject({ status: 500, body: '' })
  })
})

describe('forwarding', () => {
  test('marks the request as proxied, moves Host and hides the routing headers', async () => {
    await world.start()
    world.addRevision('hello-00001')
    const pod = await world.addPod('pod-1', '127.0.7.17')
    world.listPods('hello-00001', [pod])
    await world.get('hello-00001', { 'k-network-hash': 'x', 'user-agent': 'curl' }, '/a%2fb?c=d').response
    const [received] = pod.requests
    expect(received!.target).toBe('/a%2fb?c=d')
    expect(received!.host).toBe(`127.0.7.17:${pod.port}`)
    const header = (name: string) => headerValue(received!.headers, name)
    expect(header('k-original-host')).toBe('hello-00001.default.example.com')
    expect(header('k-proxy-request')).toBe('activator')
    expect(header('x-forwarded-for')).toBe('127.0.0.1')
    expect(header('user-agent')).toBe('curl')
    for (const name of ['knative-serving-revision', 'knative-serving-namespace', 'k-network-hash']) {
      expect(header(name)).toBeUndefined()
    }
  })

  test('a pod that refuses the connection is a 502 with the reason', async () => {
    await world.start()
    world.addRevision('hello-00001')
    const pod = await world.addPod('pod-1', '127.0.7.18')
    world.listPods('hello-00001', [pod])
    await world.get('hello-00001').response
    const { port } = pod
    pod.close()
    expect(await world.get('hello-00001').response).toMatchObject({
      status: 502,
      body: `dial tcp 127.0.7.18:${port}: connect: connection refused\n`,
    })
  })

  test('a pod that died unnoticed costs no request while another lives', async () => {
    await world.start({ random: () => 0 })
    world.addRevision('hello-00001')
    const dead = await world.addPod('pod-1', '127.0.7.25')
    const alive = await world.addPod('pod-2', '127.0.7.26')
    world.listPods('hello-00001', [dead, alive])
    const { throttler } = world.activator.revisions.find({ namespace: 'default', name: 'hello-00001' })!
    while (throttler.assignedPods.length < 2) await world.clock.advance(10)
    dead.close()
    expect(await world.get('hello-00001').response).toMatchObject({ status: 200, body: 'pod-2' })
    expect(throttler.assignedPods.map((pod) => pod.dest)).toEqual([`127.0.7.26:${alive.port}`])
  })

  test('HTTP/2 goes on as HTTP/2', async () => {
    await world.start()
    world.addRevision('hello-00001', {
      containers: [{ name: 'user', ports: [{ name: 'h2c', containerPort: 8080 }] }],
    })
    const pod = await world.addPod('pod-1', '127.0.7.27')
    world.listPods('hello-00001', [pod], [], 'http2')
    const session = connect(`http://127.0.0.1:${world.activator.ports.h2c}`)
    const stream = session.request({
      ':path': '/a',
      ':authority': 'hello-00001.default.example.com',
      'knative-serving-revision': 'hello-00001',
      'knative-serving-namespace': 'default',
    })
    const [headers] = await once(stream, 'response')
    session.destroy()
    expect(headers[':status']).toBe(200)
    expect(pod.requests.map(({ httpMajor, target }) => [httpMajor, target])).toEqual([[2, '/a']])
  })

  test('an upgraded connection is passed through', async () => {
    await world.start()
    world.addRevision('hello-00001')
    const pod = await world.addPod('pod-1', '127.0.7.28')
    world.listPods('hello-00001', [pod])
    const outgoing = request({
      host: '127.0.0.1',
      port: world.activator.ports.http1,
      headers: {
        connection: 'Upgrade',
        upgrade: 'echo',
        'knative-serving-revision': 'hello-00001',
        'knative-serving-namespace': 'default',
      },
    })
    outgoing.end()
    const [, socket] = (await once(outgoing, 'upgrade')) as [unknown, Socket]
    socket.write('ping')
    expect(String((await once(socket, 'data'))[0])).toBe('ping')
    socket.end()
    await once(socket, 'close')
  })

  test('an unknown revision is a 404 that names it', async () => {
    await world.start()
    const { status, body, headers } = await world.get('nobody-00001').response
    expect(status).toBe(404)
    expect(body).toBe(
      'Error getting active endpoint: revision.serving.knative.dev "nobody-00001" not found\n',
    )
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
    })
  })

  test('the name of the public Service finds the revision', async () => {
    await world.start()
    world.addRevision('hello-00001')
    world.listPods('hello-00001', [await world.addPod('pod-1', '127.0.7.19')])
    const { response } = world.send('/', { host: 'hello-00001.default.svc.cluster.local:80' })
    expect(await response).toMatchObject({ status: 200, body: 'pod-1' })
  })
})

describe('with a concurrency limit', () => {
  test('requests beyond it wait for a slot', async () => {
    await world.start()
    world.addRevision('hello-00001', { containerConcurrency: 1 })
    const pod = await world.addPod('pod-1', '127.0.7.20')
    pod.holding = true
    world.listPods('hello-00001', [pod])
    const first = world.get('hello-00001')
    await pod.received(1)
    const second = world.get('hello-00001')
    const revision = world.activator.revisions.find({ namespace: 'default', name: 'hello-00001' })!
    while (revision.throttler.waiting === 0) await world.clock.settle()
    expect(pod.requests).toHaveLength(1)
    pod.release()
    await first.response
    await pod.received(2)
    pod.release()
    expect(await second.response).toMatchObject({ status: 200, body: 'pod-1' })
  })

  test('a client that gives up leaves the queue at once', async () => {
    await world.start()
    world.addRevision('hello-00001', { containerConcurrency: 1 })
    const revision = () => world.activator.revisions.find({ namespace: 'default', name: 'hello-00001' })!
    const quitter = world.get('hello-00001')
    await world.until(() => world.loads.length > 0)
    expect(revision().throttler.waiting).toBe(1)
    quitter.abort()
    await expect(quitter.response).rejects.toThrow('socket hang up')
    while (revision().throttler.waiting > 0) await world.clock.settle()
    const pod = await world.addPod('pod-1', '127.0.7.21')
    world.listPods('hello-00001', [pod])
    expect(await world.get('hello-00001').response).toMatchObject({ status: 200 })
    expect(pod.requests).toHaveLength(1)
  })

  test.each<[string, (send: Buffer) => () => void]>([
    [
      'over HTTP/1.1, when it ends its side',
      (body) => {
        const client = new RawClient(world.activator.ports.http1)
        client.send(
          `POST / HTTP/1.1\r\nHost: a\r\nKnative-Serving-Revision: hello-00001\r\nKnative-Serving-Namespace: default\r\nContent-Length: 9000000\r\n\r\n`,
        )
        client.socket.write(body)
        return () => client.socket.destroy()
      },
    ],
    [
      'over HTTP/2, when it resets its stream',
      (body) => {
        const session = connect(`http://127.0.0.1:${world.activator.ports.h2c}`)
        const stream = session.request({
          ':method': 'POST',
          ':path': '/',
          'knative-serving-revision': 'hello-00001',
          'knative-serving-namespace': 'default',
        })
        stream.on('error', () => {})
        stream.write(body)
        return () => {
          stream.close(constants.NGHTTP2_CANCEL)
          session.close()
        }
      },
    ],
  ])('so does one with much of its body unread, %s', async (_name, send) => {
    await world.start()
    world.addRevision('hello-00001')
    const leave = send(Buffer.alloc(512 << 10, 'x'))
    await world.until(() => world.loads.length > 0)
    const { throttler } = world.activator.revisions.find({ namespace: 'default', name: 'hello-00001' })!
    expect(throttler.waiting).toBe(1)
    leave()
    while (throttler.waiting > 0) await world.clock.settle()
  })

  test('two activators share the pods', async () => {
    await world.start()
    world.addRevision('hello-00001', { containerConcurrency: 1 })
    const pods = [await world.addPod('pod-1', '127.0.7.22'), await world.addPod('pod-2', '127.0.7.23')]
    world.listActivators('hello-00001', ['127.0.7.0', world.activatorIP])
    world.listPods('hello-00001', pods)
    const { throttler } = world.activator.revisions.find({ namespace: 'default', name: 'hello-00001' })!
    while (!throttler.assignedPods[0]?.dest.startsWith(pods[1]!.ip)) await world.clock.advance(10)
    const bodies = [await world.get('hello-00001').response, await world.get('hello-00001').response]
    expect(bodies.map((response) => response.body)).toEqual(['pod-2', 'pod-2'])
  })
})

describe('probes', () => {
  const kubelet = { 'user-agent': 'kube-probe/1.34' }

  test('the kubelet is told whether we are ready, on any path', async () => {
    await world.start()
    expect(await world.send('/any', kubelet).response).toMatchObject({ status: 200, body: '' })
  })

  test.each([
    ['an ingress probe echoes the hash', { 'k-network-probe': 'probe', 'k-network-hash': 'abc' }, 200, ''],
    [
      'an ingress probe needs a hash',
      { 'k-network-probe': 'probe' },
      400,
      'a probe request must contain a non-empty "K-Network-Hash" header\n',
    ],
    ['the autoscaler’s probe', { 'k-network-probe': 'activator' }, 200, 'activator'],
    [
      'any other probe',
      { 'k-network-probe': '<queue>' },
      400,
      'unexpected probe header value: "&lt;queue&gt;"\n',
    ],
  ])('%s', async (_, headers, status, body) => {
    await world.start()
    const response = await world.send('/', headers as Record<string, string>).response
    expect(response).toMatchObject({ status, body })
    expect(response.headers['k-network-hash']).toBe(status === 200 && body === '' ? 'abc' : undefined)
  })
})

describe('drain', () => {
  const kubelet = { 'user-agent': 'kube-probe/1.34' }

  test('fails its probe at once, serves on for 45 s, then finishes what is in flight', async () => {
    await world.start()
    world.addRevision('hello-00001')
    const pod = await world.addPod('pod-1', '127.0.7.24')
    world.listPods('hello-00001', [pod])
    let drained = false
    const draining = world.activator.drain().then(() => {
      drained = true
    })
    expect(await world.send('/', kubelet).response).toMatchObject({
      status: 500,
      body: 'received SIGTERM from kubelet\n',
    })
    await world.clock.advance(44_000)
    expect(await world.get('hello-00001').response).toMatchObject({ status: 200 })
    await world.until(() => world.loads.includes('hello-00001 1 1'))
    pod.holding = true
    const last = world.get('hello-00001')
    await pod.received(2)
    await world.clock.advance(1000)
    await expect(world.get('hello-00001').response).rejects.toThrow('ECONNREFUSED')
    expect(drained).toBe(false)
    pod.release()
    expect(await last.response).toMatchObject({ status: 200, body: 'pod-1' })
    await draining
  })
})
