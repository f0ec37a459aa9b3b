import { once } from 'node:events'
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createServer,
  type Http2Server,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { limitTime } from './request-timeouts.ts'
import { testProxy } from './testing/index.ts'

interface Upstream extends AsyncDisposable {
  readonly port: number
  readonly connections: () => number
  readonly server: Http2Server
}

async function upstreamServer(
  serve: (stream: ServerHttp2Stream, raw: readonly string[]) => void,
  settings: object = {},
): Promise<Upstream> {
  const server = createServer({ settings })
  let connections = 0
  server.on('session', () => connections++)
  server.on('stream', (stream, _headers, _flags, raw) => {
    stream.on('error', () => {})
    serve(stream as ServerHttp2Stream, raw as unknown as string[])
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    server,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function client(port: number): { session: ClientHttp2Session } & AsyncDisposable {
  const session = connect(`http://127.0.0.1:${port}`)
  session.on('error', () => {})
  return {
    session,
    async [Symbol.asyncDispose]() {
      if (session.destroyed) return
      const closed = once(session, 'close')
      session.destroy()
      await closed
    },
  }
}

async function response(stream: ClientHttp2Stream): Promise<{
  head: readonly string[]
  body: string
  trailers: readonly string[]
}> {
  let head: readonly string[] = []
  let trailers: readonly string[] = []
  let body = ''
  stream.on('response', (_headers, _flags, raw) => {
    head = raw as unknown as string[]
  })
  stream.on('trailers', (_headers, _flags, raw) => {
    trailers = raw as unknown as string[]
  })
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    body += text
  })
  await once(stream, 'close')
  return { head, body, trailers }
}

const post = [':method', 'POST', ':path', '/pkg.Svc/Do?x=%20', ':scheme', 'http', ':authority', 'app.example']

describe('forward over HTTP/2', () => {
  test('carries a gRPC-like call with trailers both ways', async () => {
    let seen: readonly string[] = []
    let seenTrailers: readonly string[] = []
    await using upstream = await upstreamServer((stream, raw) => {
      seen = raw
      stream.on('trailers', (_headers, _flags, rawTrailers) => {
        seenTrailers = rawTrailers as unknown as string[]
      })
      stream.respond(
        [':status', '200', 'content-type', 'application/grpc', 'x-a', '1', 'x-a', '2', 'date', 'x'],
        {
          waitForTrailers: true,
        },
      )
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'x-many': ['1', '2'] }))
      stream.pipe(stream)
    })
    await using proxy = await testProxy(upstream.port)
    await using peer = client(proxy.port)
    const stream = peer.session.request([...post, 'te', 'trailers', 'cookie', 'a=1', 'cookie', 'b=2'], {
      waitForTrailers: true,
      endStream: false,
    })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '7' }))
    stream.end('ping')
    const answer = await response(stream)
    expect(answer).toEqual({
      head: [':status', '200', 'content-type', 'application/grpc', 'x-a', '1', 'x-a', '2', 'date', 'x'],
      body: 'ping',
      trailers: ['grpc-status', '0', 'x-many', '1', 'x-many', '2'],
    })
    expect(seen).toEqual([
      ...post,
      'cookie',
      'a=1',
      'cookie',
      'b=2',
      'x-forwarded-for',
      '127.0.0.1',
      'te',
      'trailers',
    ])
    expect(seenTrailers).toEqual(['x-sum', '7'])
    expect(await proxy.outcome()).toEqual({ kind: 'answered' })
    expect(proxy.exchanges[0]).toMatchObject({ httpMajor: 2, status: 200, bodyBytes: 4, host: 'app.example' })
  })

  test.each([
    ['the client asks for them', ['te', 'trailers'], [], ['x-sum', '7']],
    ['the answer announces them', [], ['trailer', 'x-sum'], ['x-sum', '7']],
    ['nobody said so', [], [], []],
  ])('trailers of an answer with a length: %s', async (_name, asked, announced, expected) => {
    await using upstream = await upstreamServer((stream) => {
      stream.respond([':status', '200', 'content-length', '4', 'date', 'x', ...announced], {
        waitForTrailers: true,
      })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '7' }))
      stream.end('pong')
    })
    await using proxy = await testProxy(upstream.port)
    await using peer = client(proxy.port)
    const get = [':method', 'GET', ':path', '/', ':scheme', 'http', ':authority', 'app.example', ...asked]
    const { body, trailers } = await response(peer.session.request(get, { endStream: true }))
    expect([body, trailers]).toEqual(['pong', expected])
    expect(await proxy.outcome()).toEqual({ kind: 'answered' })
  })

  test('an answer with a length ends for the client with its last byte, for us with the stream', async () => {
    const served = Promise.withResolvers<ServerHttp2Stream>()
    await using upstream = await upstreamServer((stream) => {
      stream.respond([':status', '200', 'content-length', '4', 'date', 'x'])
      stream.write('po')
      stream.write('ng')
      served.resolve(stream)
    })
    await using proxy = await testProxy(upstream.port)
    await using peer = client(proxy.port)
    const get = [':method', 'GET', ':path', '/', ':scheme', 'http', ':authority', 'app.example']
    expect((await response(peer.session.request(get, { endStream: true }))).body).toBe('pong')
    expect([proxy.outcomes.length, proxy.exchanges[0]!.ending]).toEqual([0, undefined])
    ;(await served.promise).end()
    expect(await proxy.outcome()).toEqual({ kind: 'answered' })
  })

  test('carries a trailers-only answer', async () => {
    await using upstream = await upstreamServer((stream) => {
      stream.respond([':status', '200', 'grpc-status', '12', 'date', 'x'], { endStream: true })
    })
    await using proxy = await testProxy(upstream.port)
    await using peer = client(proxy.port)
    const stream = peer.session.request(post, { endStream: false })
    stream.write('x')
    const answer = await response(stream)
    expect(answer.head).toEqual([':status', '200', 'grpc-status', '12', 'date', 'x'])
    expect(await proxy.outcome()).toEqual({ kind: 'answered' })
  })

  test('streams both ways at once', async () => {
    await using upstream = await upstreamServer((stream) => {
      stream.respond([':status', '200', 'date', 'x'])
      stream.on('data', (data: Buffer) => stream.write(data.toString().toUpperCase()))
      stream.on('end', () => stream.end())
    })
    await using proxy = await testProxy(upstream.port)
    await using peer = client(proxy.port)
    const stream = peer.session.request(post, { endStream: false })
    const answers: string[] = []
    stream.setEncoding('utf8')
    for (const word of ['a', 'b', 'c']) {
      stream.write(word)
      const [text] = (await once(stream, 'data')) as [string]
      answers.push(text)
    }
    expect(answers).toEqual(['A', 'B', 'C'])
    stream.end()
    await once(stream, 'close')
    expect(await proxy.outcome()).toEqual({ kind: 'answered' })
  })

  test('a reset by the client reaches the destination', async () => {
    const aborted = Promise.withResolvers<number>()
    await using upstream = await upstreamServer((stream) => {
      stream.respond([':status', '200'])
      stream.write('x')
      stream.on('close', () => aborted.resolve(stream.rstCode ?? -1))
    })
    await using proxy = await testProxy(upstream.port)
    await using peer = client(proxy.port)
    const stream = peer.session.request(post, { endStream: true })
    await once(stream, 'data')
    stream.close(8)
    expect(await aborted.promise).toBe(8)
    expect(await proxy.outcome()).toEqual({ kind: 'cancelled' })
  })

  test('a reset by the destination amid a body resets the client', async () => {
    await using upstream = await upstreamServer((stream) => {
      stream.respond([':status', '200'])
      stream.write('x', () => stream.destroy(new Error('broken')))
    })
    await using proxy = await testProxy(upstream.port)
    await using peer = client(proxy.port)
    const stream = peer.session.request(post, { endStream: true })
    stream.on('error', () => {})
    stream.resume()
    await new Promise((resolve) => stream.once('close', resolve))
    expect(stream.rstCode).toBe(2)
    expect(await proxy.outcome()).toMatchObject({ kind: 'broken', error: { code: 'UPSTREAM_CLOSED' } })
  })

  test('a stream that the destination refused is tried once more', async () => {
    let count = 0
    await using upstream = await upstreamServer((stream) => {
      if (++count === 1) stream.close(7)
      else {
        stream.respond([':status', '200'])
        stream.end('ok')
      }
    })
    await using proxy = await testProxy(upstream.port)
    await using peer = client(proxy.port)
    const answer = await response(peer.session.request(post, { endStream: true }))
    expect(answer.body).toBe('ok')
  })

  test('a destination that refuses connections gives 502', async () => {
    const upstream = await upstreamServer(() => {})
    const { port } = upstream
    await upstream[Symbol.asyncDispose]()
    await using proxy = await testProxy(port)
    await using peer = client(proxy.port)
    const answer = await response(peer.session.request(post, { endStream: true }))
    expect(answer.head.slice(0, 2)).toEqual([':status', '502'])
    expect(answer.body).toBe(`dial tcp 127.0.0.1:${port}: connect: connection refused\n`)
  })

  test('requests share a connection up to the number of streams the destination takes', async () => {
    const streams: ServerHttp2Stream[] = []
    const all = Promise.withResolvers<void>()
    await using upstream = await upstreamServer(
      (stream) => {
        streams.push(stream)
        if (streams.length === 5) all.resolve()
      },
      { maxConcurrentStreams: 2 },
    )
    await using proxy = await testProxy(upstream.port)
    await using peer = client(proxy.port)
    const first = peer.session.request(post, { endStream: true })
    const firstAnswer = response(first)
    while (streams.length < 1) await new Promise((resolve) => setImmediate(resolve))
    const rest = [1, 2, 3, 4].map(() => response(peer.session.request(post, { endStream: true })))
    await all.promise
    expect(upstream.connections()).toBe(3)
    for (const stream of streams) {
      stream.respond([':status', '200'])
      stream.end('ok')
    }
    for (const answer of await Promise.all([firstAnswer, ...rest])) expect(answer.body).toBe('ok')
  })

  test('a slow reader holds the destination back', async () => {
    let written = 0
    let blocked = false
    const stalled = Promise.withResolvers<void>()
    await using upstream = await upstreamServer((stream) => {
      stream.respond([':status', '200'])
      const chunk = Buffer.alloc(64 << 10)
      const pump = () => {
        while (written < 32 << 20) {
          written += chunk.length
          if (!stream.write(chunk)) {
            blocked = true
            if (written > 1 << 20) stalled.resolve()
            stream.once('drain', () => {
              blocked = false
              pump()
            })
            return
          }
        }
        stream.end()
      }
      pump()
    })
    await using proxy = await testProxy(upstream.port)
    await using peer = client(proxy.port)
    const stream = peer.session.request(post, { endStream: true })
    await once(stream, 'response')
    let before = -1
    for (let i = 0; i < 50 && (before !== written || !blocked); i++) {
      before = written
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(written).toBeLessThan(4 << 20)
    let received = 0
    stream.on('data', (data: Buffer) => {
      received += data.length
    })
    await once(stream, 'close')
    expect(received).toBe(32 << 20)
  })

  test('a server that drains lets streams finish and takes no more', async () => {
    const streams: ServerHttp2Stream[] = []
    await using upstream = await upstreamServer((stream) => {
      streams.push(stream)
      stream.respond([':status', '200'])
      stream.write('a')
    })
    await using proxy = await testProxy(upstream.port)
    await using peer = client(proxy.port)
    const stream = peer.session.request(post, { endStream: true })
    await once(stream, 'data')
    const closed = proxy.server.close()
    await once(peer.session, 'goaway')
    expect(proxy.server.inFlight).toBe(1)
    streams[0]!.end('b')
    const [text] = (await once(stream, 'data')) as [Buffer]
    expect(text.toString()).toBe('b')
    await closed
    expect(proxy.server.inFlight).toBe(0)
  })

  test.each([
    ['nothing written: 504 with the text', undefined, { status: '504', body: 'late', code: 0 }],
    ['a body under way: the text is appended', {}, { status: '200', body: 'abclate', code: 0 }],
    [
      'a body with a length: the stream is reset',
      { 'content-length': 10 },
      { status: '200', body: 'abc', code: 2 },
    ],
  ])('a time limit with %s', async (_name, head, expected) => {
    const clock = new ManualClock()
    const upstreamCode = Promise.withResolvers<number | undefined>()
    await using upstream = await upstreamServer((stream) => {
      stream.on('close', () => upstreamCode.resolve(stream.rstCode))
      if (!head) return
      stream.respond({ ':status': 200, ...head })
      stream.write('abc')
    })
    await using proxy = await testProxy(upstream.port, {
      clock,
      before: (exchange) =>
        limitTime(exchange, { requestMs: 1000, responseStartMs: 0, idleMs: 0, text: 'late' }, clock),
    })
    await using peer = client(proxy.port)
    const stream = peer.session.request(post, { endStream: true })
    stream.on('error', () => {})
    stream.setEncoding('utf8')
    let status = ''
    let body = ''
    stream.on('response', (headers) => {
      status = String(headers[':status'])
    })
    const closed = new Promise((resolve) => stream.once('close', resolve))
    stream.on('data', (text: string) => {
      body += text
    })
    while (head ? body !== 'abc' : proxy.exchanges.length === 0) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    await clock.advance(1000)
    await closed
    expect({ status, body, code: stream.rstCode }).toEqual(expected)
    expect(await proxy.outcome()).toEqual({ kind: 'cancelled' })
    if (head) expect(await upstreamCode.promise).toBe(8)
  })

  test('a CONNECT is refused', async () => {
    await using upstream = await upstreamServer(() => {})
    await using proxy = await testProxy(upstream.port)
    await using peer = client(proxy.port)
    const answer = await response(peer.session.request({ ':method': 'CONNECT', ':authority': 'a:1' }))
    expect(answer.head.slice(0, 2)).toEqual([':status', '405'])
    expect(proxy.exchanges).toHaveLength(0)
  })
})
