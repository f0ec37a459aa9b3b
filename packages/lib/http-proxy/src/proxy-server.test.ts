import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import type { Exchange } from './exchange.ts'
import type { ProxyServerOptions } from './proxy-server.ts'
import { defaultServerLimits } from './server-limits.ts'
import {
  http2Frame,
  http2Frames,
  http2Start,
  RawClient,
  testCertificate,
  testServer,
} from './testing/index.ts'

async function serving(options: Partial<ProxyServerOptions> = {}) {
  const exchanges: Exchange[] = []
  const server = await testServer({
    handler: (exchange) => {
      exchanges.push(exchange)
      if (exchange.target !== '/hold')
        exchange.answer(200, ['Date', 'x'], `${exchange.httpMajor} ${exchange.secure}`)
    },
    ...options,
  })
  return { ...server, exchanges }
}

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

async function http2Get(port: number, socket?: TLSSocket): Promise<string> {
  const session = connectHttp2(`${socket ? 'https' : 'http'}://127.0.0.1:${port}`, {
    ...(socket ? { createConnection: () => socket } : {}),
  })
  const stream = session.request({ ':path': '/' })
  stream.setEncoding('utf8')
  let body = ''
  for await (const text of stream) body += text
  const closed = once(session, 'close')
  session.close()
  await closed
  return body
}

describe('ProxyServer', () => {
  test('speaks HTTP/1.1 and HTTP/2 on one port', async () => {
    await using world = await serving()
    using client = new RawClient(world.port)
    client.send(get)
    await client.until('1 false')
    expect(await http2Get(world.port)).toBe('2 false')
  })

  test('an HTTP/2 response ends its stream, and is not followed by a reset that could overtake it', async () => {
    const turn = () => new Promise((resolve) => setImmediate(resolve))
    await using world = await serving({
      handler: async (exchange) => {
        exchange.start(200, 'OK', [], false)
        await turn()
        exchange.write(Buffer.from('whole'))
        await turn()
        exchange.end()
      },
    })
    using client = new RawClient(world.port)
    client.send(http2Start + http2Frame({ type: 1, flags: 0x5, stream: 1, payload: '\x82\x86\x84\x41\x01a' }))
    await client.until('whole')
    client.send(http2Frame({ type: 6, flags: 0, stream: 0, payload: 'all done' }))
    await client.until('all done')
    const answer = http2Frames(client.text).filter(({ stream }) => stream === 1)
    expect(answer.map(({ type, flags }) => [type, flags & 1])).toEqual([
      [1, 0],
      [0, 0],
      [0, 1],
    ])
  })

  test('tells the protocols apart however the first bytes come', async () => {
    await using world = await serving()
    using client = new RawClient(world.port)
    client.socket.setNoDelay(true)
    for (const part of ['P', 'R', 'OPFIND / HTTP/1.1\r\nHost: a\r\n\r\n']) {
      client.send(part)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await client.until('1 false')
    expect(world.exchanges[0]!.method).toBe('PROPFIND')
  })

  test('over TLS: HTTP/1.1, HTTP/2 by ALPN, and HTTP/2 by prior knowledge', async () => {
    await using world = await serving({ tls: testCertificate })
    const tls = (ALPNProtocols?: string[]) =>
      connectTls({
        port: world.port,
        host: '127.0.0.1',
        ca: testCertificate.cert,
        servername: 'data-plane.knative.dev',
        ...(ALPNProtocols ? { ALPNProtocols } : {}),
      })
    expect(await http2Get(world.port, tls(['h2']))).toBe('2 true')
    expect(await http2Get(world.port, tls())).toBe('2 true')
    const socket = tls(['http/1.1'])
    socket.write(get)
    const [data] = (await once(socket, 'data')) as [Buffer]
    expect(data.toString()).toContain('1 true')
    socket.destroy()
  })

  test.each<[string, (port: number) => Promise<unknown>]>([
    [
      'that refuses our certificate',
      (port) =>
        new Promise((resolve) => {
          const socket = connectTls({ port, host: '127.0.0.1', servername: 'data-plane.knative.dev' })
          socket.on('error', () => {}).once('close', resolve)
        }),
    ],
    [
      'that says nothing',
      async (port) => {
        using client = new RawClient(port)
        client.socket.end()
        await client.untilEnd()
      },
    ],
    [
      'that does not speak TLS',
      async (port) => {
        using client = new RawClient(port)
        client.send(get)
        await client.untilEnd()
      },
    ],
  ])('over TLS: a client %s leaves nothing behind', async (_name, visit) => {
    await using world = await serving({ tls: testCertificate })
    await visit(world.port)
    await world.server.close()
  })

  test('over TLS: close does not wait for a client amid its handshake', async () => {
    await using world = await serving({ tls: testCertificate })
    using client = new RawClient(world.port)
    client.send('\x16\x03\x01')
    await once(client.socket, 'connect')
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
    await world.server.close()
    await client.untilEnd()
  })

  test('over TLS: close lets a busy connection have its answer', async () => {
    await using world = await serving({ tls: testCertificate })
    const socket = connectTls({
      port: world.port,
      host: '127.0.0.1',
      ca: testCertificate.cert,
      servername: 'data-plane.knative.dev',
    })
    socket.write('GET /hold HTTP/1.1\r\nHost: a\r\n\r\n')
    while (world.exchanges.length === 0) await new Promise((resolve) => setImmediate(resolve))
    const closed = world.server.close()
    world.exchanges[0]!.answer(200, [], 'at last')
    let text = ''
    for await (const chunk of socket) text += String(chunk)
    expect(text).toMatch(/\r\nConnection: close\r\n[\s\S]*at last$/)
    await closed
  })

  test('over TLS: an answer under way still reaches a client that has ended its side', async () => {
    const size = 8 << 20
    const started = Promise.withResolvers<void>()
    await using world = await serving({
      tls: testCertificate,
      handler: (exchange) => {
        exchange.answer(200, [], Buffer.alloc(size, 'x'))
        started.resolve()
      },
    })
    const options = {
      port: world.port,
      host: '127.0.0.1',
      ca: testCertificate.cert,
      servername: 'data-plane.knative.dev',
      allowHalfOpen: true,
    }
    const socket = connectTls(options)
    socket.write(get)
    await started.promise
    socket.end()
    let received = 0
    for await (const chunk of socket) received += (chunk as Buffer).length
    expect(received).toBeGreaterThan(size)
  })

  test('takes heads up to its limit and refuses longer ones', async () => {
    await using world = await serving({ limits: { ...defaultServerLimits, headBytes: 32 << 10 } })
    using good = new RawClient(world.port)
    good.send(`GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(30 << 10)}\r\n\r\n`)
    await good.until('200 OK')
    using bad = new RawClient(world.port)
    bad.send(`GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(34 << 10)}\r\n\r\n`)
    expect(await bad.untilEnd()).toMatch(/^HTTP\/1\.1 431 /)
  })

  test.each([
    ['nothing at all', ''],
    ['a head that never ends', 'GET / HTTP/1.1\r\nHost: a\r\nX'],
  ])('closes a connection that sends %s', async (_name, part) => {
    await using world = await serving({ limits: { ...defaultServerLimits, headMs: 20 } })
    using client = new RawClient(world.port)
    if (part) client.send(part)
    await client.untilEnd()
    expect(world.exchanges).toEqual([])
  })

  test.each([
    ['a coding besides chunked', 'Transfer-Encoding: gzip, chunked', 501],
    ['a length besides chunks', 'Transfer-Encoding: chunked\r\nContent-Length: 3', 400],
    ['lengths that differ', 'Content-Length: 1\r\nContent-Length: 2', 400],
    ['a space before a colon', 'X : y', 400],
  ])('refuses %s', async (_name, header, status) => {
    await using world = await serving()
    using client = new RawClient(world.port)
    client.send(`POST / HTTP/1.1\r\nHost: a\r\n${header}\r\n\r\n0\r\n\r\n`)
    expect(await client.untilEnd()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(world.exchanges).toEqual([])
  })

  test('an answer to HEAD has the length but not the body', async () => {
    await using world = await serving()
    using client = new RawClient(world.port)
    client.send('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(await client.until('\r\n\r\n')).toContain('Content-Length: 7')
    client.send(get)
    expect((await client.until('1 false')).match(/1 false/g)).toHaveLength(1)
  })

  test('gives the parts of a request as they came', async () => {
    await using world = await serving()
    using client = new RawClient(world.port)
    client.send('GET http://app.example/p?q HTTP/1.1\r\nHost: other\r\nX-A: 1\r\nx-a: 2\r\n\r\n')
    await client.until('200 OK')
    expect(world.exchanges[0]).toMatchObject({
      method: 'GET',
      target: '/p?q',
      host: 'app.example',
      headers: ['Host', 'other', 'X-A', '1', 'x-a', '2'],
      httpMajor: 1,
      httpMinor: 1,
      remoteAddress: '127.0.0.1',
      hasBody: false,
      secure: false,
    })
  })

  test('an end is told to every listener once, also to a late one', async () => {
    const heard: string[] = []
    const ended = Promise.withResolvers<Exchange>()
    await using world = await serving({
      handler: (exchange) => {
        for (const name of ['a', 'b', 'c']) exchange.onEnd((ending) => heard.push(`${name} ${ending}`))
        exchange.onEnd(() => ended.resolve(exchange))
        exchange.answer(200, [], 'x')
      },
    })
    using client = new RawClient(world.port)
    client.send(get)
    const exchange = await ended.promise
    exchange.onEnd((ending) => heard.push(`late ${ending}`))
    exchange.abort()
    expect(heard).toEqual(['a answered', 'b answered', 'c answered', 'late answered'])
  })

  test('a handler that throws costs its own request only', async () => {
    const errors: unknown[] = []
    await using world = await serving({
      handler: (exchange) => {
        if (exchange.target === '/bad') throw new Error('oops')
        exchange.answer(200, [], 'fine')
      },
      onHandlerError: (error) => errors.push(error),
    })
    using client = new RawClient(world.port)
    client.send('GET /bad HTTP/1.1\r\nHost: a\r\n\r\n')
    await client.until('HTTP/1.1 500 Internal Server Error')
    client.send(get)
    await client.until('fine')
    expect(errors).toEqual([new Error('oops')])
  })

  test('close: idle connections at once, busy ones after their answer, then nobody is let in', async () => {
    await using world = await serving()
    using idle = new RawClient(world.port)
    idle.send(get)
    await idle.until('1 false')
    using silent = new RawClient(world.port)
    await once(silent.socket, 'connect')
    using busy = new RawClient(world.port)
    busy.send('GET /hold HTTP/1.1\r\nHost: a\r\n\r\n')
    while (world.exchanges.length < 2) await new Promise((resolve) => setImmediate(resolve))
    const closed = world.server.close()
    await idle.untilEnd()
    await silent.untilEnd()
    expect(world.server.inFlight).toBe(1)
    world.exchanges[1]!.answer(200, [], 'at last')
    expect(await busy.untilEnd()).toContain('Connection: close')
    await closed
    const late = new RawClient(world.port)
    const [error] = (await once(late.socket, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('ECONNREFUSED')
  })

  test('close: an HTTP/2 client that does not hang up is waited for, but not forever', async () => {
    const clock = new ManualClock()
    await using world = await serving({ clock })
    using client = new RawClient(world.port)
    client.send(http2Start)
    const frames = () => http2Frames(client.text)
    while (frames().length === 0) await new Promise((resolve) => setImmediate(resolve))
    let left = false
    const closed = world.server.close().then(() => {
      left = true
    })
    await client.untilEnd()
    await clock.advance(59_999)
    expect(left).toBe(false)
    await clock.advance(1)
    await closed
  })

  test('close: leaves no timer behind when a destination ends later than the client had all of its answer', async () => {
    const clock = new ManualClock()
    await using world = await serving({
      clock,
      handler: (exchange) => {
        world.exchanges.push(exchange)
        exchange.start(200, '', ['content-length', '2'], false)
        exchange.write(Buffer.from('ok'))
      },
    })
    expect(await http2Get(world.port)).toBe('ok')
    await world.server.close()
    expect(world.server.inFlight).toBe(1)
    world.exchanges[0]!.end()
    expect(clock.pendingTimers).toBe(0)
  })

  test('close: upgraded connections get a while after everything else', async () => {
    const clock = new ManualClock()
    await using world = await serving({
      handler: (exchange) => {
        exchange.switchProtocols(['Connection', 'Upgrade', 'Upgrade', 'x']).resume()
        world.exchanges.push(exchange)
      },
    })
    using client = new RawClient(world.port)
    client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n')
    await client.until('101')
    const closed = world.server.close({ ms: 60_000, clock })
    await clock.advance(59_999)
    expect(world.exchanges[0]!.ending).toBeUndefined()
    await clock.advance(1)
    await closed
    expect(world.exchanges[0]!.ending).toBe('upgraded')
  })
})
