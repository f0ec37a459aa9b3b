import { once } from 'node:events'
import { connect } from 'node:http2'
import { describe, expect, test } from '@jest/globals'
import type { ProxyServerOptions } from './proxy-server.ts'
import { RawClient, rawServer, testProxy, testServer } from './testing/index.ts'

describe('a request goes on', () => {
  test.each([
    ['GET http://app.example:81/a/../b?c#d HTTP/1.1', 'GET /a/../b?c#d HTTP/1.1', 'app.example:81'],
    ['GET HTTP://app.example?q HTTP/1.1', 'GET /?q HTTP/1.1', 'app.example'],
    ['OPTIONS * HTTP/1.1', 'OPTIONS * HTTP/1.1', 'other'],
    ['GET //a//b/?? HTTP/1.1', 'GET //a//b/?? HTTP/1.1', 'other'],
    ['GET /%41%zz?a=%2F&b+c HTTP/1.1', 'GET /%41%zz?a=%2F&b+c HTTP/1.1', 'other'],
  ])('that came as %s', async (line, sent, host) => {
    let seen = ''
    await using upstream = await rawServer((socket) =>
      socket.on('data', (data) => {
        seen += data.toString('latin1')
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      }),
    )
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send(`${line}\r\nHost: other\r\n\r\n`)
    await client.until('ok')
    expect(seen).toBe(`${sent}\r\nHost: ${host}\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n`)
  })
})

/** A destination that speaks HTTP/2, and a session with the proxy in front of it. */
async function overHttp2(handler: ProxyServerOptions['handler']) {
  const upstream = await testServer({ handler })
  const proxy = await testProxy(upstream.port)
  const session = connect(`http://127.0.0.1:${proxy.port}`)
  return {
    session,
    proxy,
    async [Symbol.asyncDispose]() {
      session.destroy()
      await proxy[Symbol.asyncDispose]()
      await upstream[Symbol.asyncDispose]()
    },
  }
}

describe('over HTTP/2', () => {
  test('informational responses are passed on as they come, and the final status after them', async () => {
    const goOn = Promise.withResolvers<void>()
    await using world = await overHttp2((exchange) => {
      exchange.inform(103, ['link', '</a>'])
      goOn.promise.then(() => exchange.answer(500, [], 'oh'))
    })
    const stream = world.session.request({ ':path': '/' })
    const [hints] = await once(stream, 'headers')
    expect([hints[':status'], hints['link']]).toEqual([103, '</a>'])
    goOn.resolve()
    const [headers] = await once(stream, 'response')
    expect(headers[':status']).toBe(500)
  })

  test('100 Continue is passed on to a client that did not ask for it, too', async () => {
    await using world = await overHttp2((exchange) => {
      exchange.inform(100, [])
      exchange.answer(200, [])
    })
    const stream = world.session.request({ ':path': '/' })
    await Promise.all([once(stream, 'continue'), once(stream, 'response')])
  })

  test('a body that waits for 100 Continue is asked for when the destination wants it', async () => {
    let taken = ''
    await using world = await overHttp2((exchange) => {
      expect(exchange.expectsContinue).toBe(true)
      exchange.inform(100, [])
      exchange.readBody({
        bodyChunk: (chunk) => {
          taken += chunk.toString()
          return true
        },
        bodyEnd: () => exchange.answer(200, []),
      })
    })
    const stream = world.session.request({ ':path': '/', ':method': 'POST', expect: '100-continue' })
    await once(stream, 'continue')
    stream.end('body')
    await once(stream, 'response')
    expect(taken).toBe('body')
  })

  test.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ])('%s answered %i has no body', async (method, status) => {
    await using world = await overHttp2((exchange) =>
      exchange.start(
        status,
        '',
        ['etag', '"1"', ...(method === 'HEAD' ? ['content-length', '9'] : [])],
        true,
      ),
    )
    const stream = world.session.request({ ':path': '/', ':method': method })
    const [headers] = await once(stream, 'response')
    expect([headers[':status'], headers['etag']]).toEqual([status, '"1"'])
    expect(headers['content-length']).toBe(method === 'HEAD' ? '9' : undefined)
    let bytes = 0
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    await once(stream, 'close')
    expect([bytes, stream.rstCode]).toEqual([0, 0])
  })

  test('a destination that does not read holds the client back', async () => {
    const taking = Promise.withResolvers<() => void>()
    let taken = 0
    await using world = await overHttp2((exchange) => {
      let open = false
      taking.resolve(() => {
        open = true
        exchange.resumeBody()
      })
      exchange.readBody({
        bodyChunk: (chunk) => {
          taken += chunk.length
          return open
        },
        bodyEnd: () => exchange.answer(200, []),
      })
    })
    const stream = world.session.request({ ':path': '/', ':method': 'POST' })
    const total = 16 << 20
    let written = 0
    const pump = () => {
      while (written < total) {
        written += 64 << 10
        if (!stream.write(Buffer.alloc(64 << 10))) {
          stream.once('drain', pump)
          return
        }
      }
      stream.end()
    }
    pump()
    const take = await taking.promise
    for (let before = -1; before !== written; ) {
      before = written
      for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(written).toBeLessThan(4 << 20)
    take()
    await once(stream, 'response')
    expect(taken).toBe(total)
  })
})
