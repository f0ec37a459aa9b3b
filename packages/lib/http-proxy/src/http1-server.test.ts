import { once } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import type { Exchange } from './exchange.ts'
import type { ProxyServerOptions } from './proxy-server.ts'
import { defaultServerLimits } from './server-limits.ts'
import { RawClient, testServer } from './testing/index.ts'

function serving(handler: (exchange: Exchange) => void, options: Partial<ProxyServerOptions> = {}) {
  return testServer({ handler, ...options })
}

const get = (target: string, more = '') => `GET ${target} HTTP/1.1\r\nHost: a\r\n${more}\r\n`

describe('an HTTP/1.1 connection', () => {
  test('pipelined requests are served one at a time and answered in order', async () => {
    const exchanges: Exchange[] = []
    const came = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    await using world = await serving((exchange) => {
      exchanges.push(exchange)
      came[exchanges.length - 1]!.resolve()
    })
    using client = new RawClient(world.port)
    client.send(get('/a') + get('/b'))
    await came[0]!.promise
    expect(exchanges.map(({ target }) => target)).toEqual(['/a'])
    exchanges[0]!.answer(200, [], 'first')
    await came[1]!.promise
    exchanges[1]!.answer(200, [], 'second')
    const text = await client.until('second')
    expect(text.indexOf('first')).toBeLessThan(text.indexOf('second'))
  })

  test('head and small body leave as one piece', async () => {
    await using world = await serving((exchange) => {
      exchange.start(200, '', ['Content-Length', '4', 'Date', 'x'], false)
      exchange.write(Buffer.from('ab'))
      exchange.write(Buffer.from('cd'))
      exchange.end()
    })
    using client = new RawClient(world.port)
    client.send(get('/'))
    const [first] = (await once(client.socket, 'data')) as [string]
    expect(first).toBe('HTTP/1.1 200 OK\r\nContent-Length: 4\r\nDate: x\r\n\r\nabcd')
  })

  test.each([
    ['HTTP/1.0 without a length: until close', 'GET / HTTP/1.0\r\n\r\n', /Connection: close\r\n\r\nbody$/],
    ['HTTP/1.0 without keep-alive: closed', 'GET /sized HTTP/1.0\r\n\r\n', /Connection: close\r\n\r\nbody$/],
    ['Connection: close', get('/sized', 'Connection: close\r\n'), /Connection: close\r\n\r\nbody$/],
    [
      'HEAD: no body',
      `HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      /Connection: close\r\n\r\n$/,
    ],
  ])('%s', async (_name, request, expected) => {
    await using world = await serving((exchange) => {
      const headers = ['Date', 'x', ...(exchange.target === '/sized' ? ['Content-Length', '4'] : [])]
      const bodyless = exchange.method === 'HEAD'
      exchange.start(200, '', headers, bodyless)
      if (bodyless) return
      exchange.write(Buffer.from('body'))
      exchange.end()
    })
    using client = new RawClient(world.port)
    client.send(request)
    expect(await client.untilEnd()).toMatch(expected)
  })

  test('HTTP/1.0 with keep-alive stays open', async () => {
    await using world = await serving((exchange) => exchange.answer(200, [], exchange.target))
    using client = new RawClient(world.port)
    client.send('GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
    expect(await client.until('/1')).toContain('Connection: keep-alive\r\n')
    client.send('GET /2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
    await client.until('/2')
  })

  test('a client that ends its side before the answer has gone', async () => {
    const ended = Promise.withResolvers<string>()
    await using world = await serving((exchange) => exchange.onEnd(ended.resolve))
    using client = new RawClient(world.port)
    client.socket.end(get('/'))
    expect(await ended.promise).toBe('client-gone')
  })

  test('an answer under way still reaches a client that has ended its side', async () => {
    const size = 8 << 20
    const started = Promise.withResolvers<void>()
    await using world = await serving((exchange) => {
      exchange.answer(200, [], Buffer.alloc(size, 'x'))
      started.resolve()
    })
    using client = new RawClient(world.port)
    client.socket.pause()
    client.send(get('/'))
    await started.promise
    client.socket.end()
    client.socket.resume()
    expect((await client.untilEnd()).length).toBeGreaterThan(size)
  })

  test('a writer that goes on a little after being told to wait is still told when to go on', async () => {
    const large = Buffer.alloc(48 << 10, 'l')
    const small = Buffer.from('s')
    const rounds = 200
    await using world = await serving((exchange) => {
      let left = rounds
      const pump = () => {
        while (left-- > 0) {
          const more = exchange.write(large)
          exchange.write(small)
          if (!more) return
        }
        exchange.end()
      }
      exchange.onDrain = pump
      exchange.start(200, '', ['Content-Length', String(rounds * (large.length + 1))], false)
      pump()
    })
    using client = new RawClient(world.port)
    client.socket.pause()
    client.send(get('/', 'Connection: close\r\n'))
    for (let i = 0; i < 100; i++) await new Promise((resolve) => setImmediate(resolve))
    client.socket.resume()
    const text = await client.untilEnd()
    expect(text.length - text.indexOf('\r\n\r\n') - 4).toBe(rounds * (large.length + 1))
  })

  test('the rest of a body is read past, and the next request served', async () => {
    await using world = await serving((exchange) => exchange.answer(200, [], exchange.target))
    using client = new RawClient(world.port)
    client.send('POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n')
    await client.until('/early')
    client.send('x'.repeat(100_000) + get('/next'))
    await client.until('/next')
  })

  test('a body that goes on too long after the answer closes the connection', async () => {
    await using world = await serving((exchange) => exchange.answer(200, [], 'no'))
    using client = new RawClient(world.port)
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${1 << 30}\r\n\r\n${'x'.repeat(1 << 20)}`)
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 200 /)
  })

  test('a body that turns out bad is told to a handler that has answered nothing', async () => {
    const ended = Promise.withResolvers<string>()
    await using world = await serving((exchange) => {
      exchange.onEnd(ended.resolve)
      exchange.readBody({ bodyChunk: () => true, bodyEnd: () => {} })
    })
    using client = new RawClient(world.port)
    client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nz')
    client.send('\r\n')
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(await ended.promise).toBe('answered')
  })

  test('a body that turns out bad after the answer began breaks the connection off', async () => {
    const ended = Promise.withResolvers<string>()
    await using world = await serving((exchange) => {
      exchange.onEnd(ended.resolve)
      exchange.start(200, '', [], false)
      exchange.write(Buffer.from('begun'))
      exchange.readBody({ bodyChunk: () => true, bodyEnd: () => {} })
    })
    using client = new RawClient(world.port)
    client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
    await client.until('begun')
    client.send('z\r\n')
    expect(await client.untilEnd()).not.toContain('0\r\n\r\n')
    expect(await ended.promise).toBe('aborted')
  })

  test('bodies wait for whoever takes them, at its pace', async () => {
    let taken = ''
    const first = Promise.withResolvers<Exchange>()
    const done = Promise.withResolvers<void>()
    await using world = await serving(first.resolve)
    using client = new RawClient(world.port)
    client.send(
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\nT: 1\r\n\r\n',
    )
    const exchange = await first.promise
    exchange.readBody({
      bodyChunk: (chunk) => {
        taken += chunk.toString()
        return false
      },
      bodyEnd: (trailers) => {
        taken += trailers?.join('=')
        done.resolve()
      },
    })
    expect(taken).toBe('abc')
    exchange.resumeBody()
    expect(taken).toBe('abcdef')
    exchange.resumeBody()
    await done.promise
    expect(taken).toBe('abcdefT=1')
    exchange.answer(200, [])
    await client.until('200 OK')
  })

  test.each([
    ['a first head', ''],
    ['a later head', get('/')],
  ])('%s that takes too long is answered 408', async (_name, before) => {
    const clock = new ManualClock()
    await using world = await serving((exchange) => exchange.answer(200, []), {
      clock,
      limits: { ...defaultServerLimits, headMs: 60_000 },
    })
    using client = new RawClient(world.port)
    client.send(`${before}GET / HTTP/1.1\r\nHost: a\r\nX`)
    while (clock.pendingTimers === 0) await new Promise((resolve) => setImmediate(resolve))
    await clock.advance(59_999)
    client.send('-')
    expect(client.text).not.toContain(' 408 ')
    await clock.advance(1)
    expect(await client.untilEnd()).toContain('HTTP/1.1 408 Request Timeout\r\n')
  })

  test('a head that is complete in time is not cut off later', async () => {
    const clock = new ManualClock()
    const exchanges: Exchange[] = []
    const came = Promise.withResolvers<void>()
    await using world = await serving(
      (exchange) => {
        exchanges.push(exchange)
        came.resolve()
      },
      { clock },
    )
    using client = new RawClient(world.port)
    client.send('GET / HTTP/1.1\r\nHost')
    while (clock.pendingTimers === 0) await new Promise((resolve) => setImmediate(resolve))
    client.send(': a\r\n\r\n')
    await came.promise
    expect(clock.pendingTimers).toBe(0)
    exchanges[0]!.answer(200, [], 'fine')
    await client.until('fine')
  })

  test('an error of a body sink costs its own connection only', async () => {
    const errors: unknown[] = []
    await using world = await serving(
      (exchange) => {
        if (!exchange.hasBody) {
          exchange.answer(200, [], 'fine')
          return
        }
        exchange.readBody({
          bodyChunk: () => {
            throw new Error('oops')
          },
          bodyEnd: () => {},
        })
      },
      { onHandlerError: (error) => errors.push(error) },
    )
    using client = new RawClient(world.port)
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx')
    await client.untilEnd()
    using other = new RawClient(world.port)
    other.send(get('/'))
    await other.until('fine')
    expect(errors).toEqual([new Error('oops')])
  })

  test('one empty line before a request is forgiven', async () => {
    await using world = await serving((exchange) => exchange.answer(200, [], 'fine'))
    using client = new RawClient(world.port)
    client.send(`\r\n${get('/')}`)
    await client.until('fine')
  })

  test('an answer without a Date gets one', async () => {
    await using world = await serving((exchange) => exchange.answer(200, [], 'x'))
    using client = new RawClient(world.port)
    client.send(get('/'))
    expect(await client.until('\r\n\r\nx')).toMatch(
      /\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/,
    )
  })
})
