import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { secrets } from '@knative-ts/apis'
import { RawClient } from '@knative-ts/http-proxy/testing'
import { silentLogger } from '@knative-ts/observability'
import { TestWorld } from './testing/test-world.ts'
import { internalTLS } from './tls/internal-tls.ts'

let world: TestWorld
let sessions: ClientHttp2Session[]

beforeEach(() => {
  world = new TestWorld()
  sessions = []
})

afterEach(async () => {
  for (const session of sessions) session.destroy()
  await world.stop()
})

const routing = { 'knative-serving-revision': 'hello-00001', 'knative-serving-namespace': 'default' }
const routingLines = Object.entries(routing)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('')

function http2(port: number): ClientHttp2Session {
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  sessions.push(session)
  return session
}

async function statusOver2(session: ClientHttp2Session): Promise<unknown> {
  const stream = session.request({ ':path': '/', ...routing })
  const [headers] = await once(stream.resume(), 'response')
  return headers[':status']
}

describe('the protocol of a request decides how the pod is spoken to', () => {
  test.each(['http1', 'h2c'] as const)('on port %s', async (name) => {
    await world.start()
    world.addRevision('hello-00001')
    const pod = await world.addPod('pod-1', '127.0.7.51')
    world.listPods('hello-00001', [pod])
    const port = world.activator.ports[name]
    using client = new RawClient(port)
    client.send(`GET / HTTP/1.1\r\nHost: a\r\n${routingLines}\r\n`)
    await client.until('pod-1')
    expect(await statusOver2(http2(port))).toBe(200)
    expect(pod.requests.map(({ httpMajor }) => httpMajor)).toEqual([1, 2])
  })

  test('under TLS on both sides, while the other ports stay in the clear', async () => {
    const pem = (name: string) => readFileSync(new URL(`./tls/testdata/${name}`, import.meta.url), 'utf8')
    const base64 = (name: string) => Buffer.from(pem(name)).toString('base64')
    const namespace = 'knative-serving'
    world.api.seed(secrets, {
      metadata: { name: 'routing-serving-certs', namespace },
      data: {
        'tls.crt': base64('routing.crt'),
        'tls.key': base64('routing.key'),
        'ca.crt': base64('ca.crt'),
      },
    })
    world.startInformers()
    await world.start(
      await internalTLS({
        informers: world.informers,
        namespace,
        logger: silentLogger,
        env: {},
        onCertificate: () => {},
      }),
    )
    world.addRevision('hello-00001')
    const pod = await world.addPod('pod-1', '127.0.7.52')
    await pod.listenTLS({ cert: pem('pod.crt'), key: pem('pod.key') })
    world.listPods('hello-00001', [pod])
    const tls = (protocol: string) =>
      connectTls({
        host: '127.0.0.1',
        port: world.activator.ports.https,
        ca: pem('ca.crt'),
        servername: 'kn-routing',
        ALPNProtocols: [protocol],
      })
    const http1 = tls('http/1.1')
    http1.write(`GET / HTTP/1.1\r\nHost: a\r\n${routingLines}\r\n`)
    expect(String((await once(http1, 'data'))[0])).toMatch(/\r\n\r\npod-1$/)
    http1.destroy()
    const over2 = connectHttp2('https://kn-routing', { createConnection: () => tls('h2') })
    sessions.push(over2)
    expect(await statusOver2(over2)).toBe(200)
    expect(await statusOver2(http2(world.activator.ports.h2c))).toBe(200)
    expect(pod.requests.map(({ httpMajor, secure }) => [httpMajor, secure])).toEqual([
      [1, true],
      [2, true],
      [2, true],
    ])
  })
})

describe('gRPC', () => {
  test('streams run both ways at once, with the status in the trailers', async () => {
    await world.start()
    world.addRevision('hello-00001')
    const pod = await world.addPod('pod-1', '127.0.7.53')
    pod.serve = (exchange) => {
      exchange.start(200, '', ['content-type', 'application/grpc'], false)
      exchange.readBody({
        bodyChunk: (chunk) => exchange.write(Buffer.from(chunk)),
        bodyEnd: (sent) => exchange.end(['grpc-status', '0', ...(sent ?? [])]),
      })
    }
    world.listPods('hello-00001', [pod])
    const stream = http2(world.activator.ports.h2c)
      .request(
        {
          ':method': 'POST',
          ':path': '/ping.PingService/PingStream',
          'content-type': 'application/grpc',
          te: 'trailers',
          ...routing,
        },
        { endStream: false, waitForTrailers: true },
      )
      .setEncoding('utf8')
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '3' }))
    const trailers = once(stream, 'trailers')
    for (const message of ['one', 'two', 'three']) {
      stream.write(message)
      expect((await once(stream, 'data'))[0]).toBe(message)
    }
    stream.end()
    expect((await trailers)[0]).toMatchObject({ 'grpc-status': '0', 'x-sum': '3' })
    await once(stream, 'close')
    expect(stream.rstCode).toBe(0)
  })
})

test('headers that are none of our business reach the pod as they are, with nothing invented', async () => {
  await world.start()
  world.addRevision('hello-00001')
  const pod = await world.addPod('pod-1', '127.0.7.54')
  world.listPods('hello-00001', [pod])
  const kept = [
    ...['Knative-Serving-Tag', 'blue', 'Knative-Serving-Default-Route', 'true', 'X-Request-Id', '42'],
    ...[
      'X-Forwarded-Proto',
      'https',
      'X-Forwarded-Host',
      'h',
      'Forwarded',
      'for=x',
      'traceparent',
      '00-1-2-01',
    ],
    ...['tracestate', 'a=b', 'baggage', 'c=d', 'X-B3-TraceId', '1', 'b3', '0', 'Accept-Encoding', 'br'],
  ]
  const lines = kept.map((text, i) => (i % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('')
  using client = new RawClient(world.activator.ports.http1)
  client.send(
    `GET / HTTP/1.1\r\nHost: hello.example.com\r\n${routingLines}${lines}K-Network-Hash: x\r\nK-Proxy-Request: forged\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n`,
  )
  await client.until('pod-1')
  expect(pod.requests[0]!.headers).toEqual([
    ...['Host', `${pod.ip}:${pod.port}`, ...kept, 'X-Forwarded-For', '1.2.3.4, 127.0.0.1'],
    ...['k-proxy-request', 'activator', 'k-original-host', 'hello.example.com'],
  ])
})

describe('a WebSocket', () => {
  const ask = `GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${routingLines}\r\n`

  async function open(client: RawClient, idleTimeoutSeconds: number) {
    const pod = await world.addPod('pod-1', '127.0.7.55')
    world.addRevision('hello-00001', {
      timeoutSeconds: 600,
      responseStartTimeoutSeconds: 5,
      idleTimeoutSeconds,
    })
    world.listPods('hello-00001', [pod])
    client.send(ask)
    await client.until('101 Switching Protocols')
    return pod
  }

  test('outlives the response-start limit, and idle ends it only without bytes in either direction', async () => {
    await world.start()
    using client = new RawClient(world.activator.ports.http1)
    const pod = await open(client, 10)
    await world.clock.advance(9_000)
    client.send('\x81\x02hi')
    await client.until('hi')
    await world.clock.advance(9_999)
    expect(pod.requests[0]!.ending).toBeUndefined()
    await world.clock.advance(1)
    expect((await client.untilEnd()).endsWith('\x81\x02hi')).toBe(true)
  })

  test('that loses its pod while we drain is told 1001 first', async () => {
    await world.start()
    using client = new RawClient(world.activator.ports.http1)
    const pod = await open(client, 0)
    let drained = false
    void world.activator.drain().then(() => {
      drained = true
    })
    await world.clock.advance(100_000)
    client.send('\x81\x02hi')
    await client.until('hi')
    expect(drained).toBe(false)
    pod.close()
    expect((await client.untilEnd()).endsWith('\x88\x02\x03\xe9')).toBe(true)
    client.socket.end()
    while (!drained) await world.clock.settle()
  })
})
