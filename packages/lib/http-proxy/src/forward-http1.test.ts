import { once } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { RawClient, rawServer, testProxy } from './testing/index.ts'

const headEnd = '\r\n\r\n'

describe('forward over HTTP/1.1', () => {
  test('passes a request and its answer on, byte for byte but for the connection', async () => {
    let seen = ''
    await using upstream = await rawServer((socket) => {
      socket.on('data', (data) => {
        seen += data.toString('latin1')
        socket.write(
          'HTTP/1.1 200 Fine\r\nContent-Length: 5\r\nX-Twice: 1\r\nDate: now\r\nx-twice: 2\r\nKeep-Alive: timeout=5\r\n\r\nhello',
        )
      })
    })
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send(
      'GET /a%2fb/../c?x=%20&y HTTP/1.1\r\nHost: app.example\r\nX-My: Value\r\nConnection: X-Hop\r\nX-Hop: 1\r\nTE: trailers\r\n\r\n',
    )
    expect(await client.until('hello')).toBe(
      'HTTP/1.1 200 Fine\r\nContent-Length: 5\r\nX-Twice: 1\r\nDate: now\r\nx-twice: 2\r\n\r\nhello',
    )
    expect(seen).toBe(
      'GET /a%2fb/../c?x=%20&y HTTP/1.1\r\nHost: app.example\r\nX-My: Value\r\nX-Forwarded-For: 127.0.0.1\r\nTe: trailers\r\n\r\n',
    )
    expect(await proxy.outcome()).toEqual({ kind: 'answered' })
  })

  test('lets the caller see the response begin and add to its headers', async () => {
    await using upstream = await rawServer((socket) => {
      socket.on('data', () => socket.write('HTTP/1.1 404 No\r\nContent-Length: 2\r\nDate: x\r\n\r\nno'))
    })
    await using proxy = await testProxy(upstream.port, {
      forward: { onHead: (status) => ['X-Seen', String(status)] },
    })
    using client = new RawClient(proxy.port)
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(await client.until('no')).toBe(
      'HTTP/1.1 404 No\r\nContent-Length: 2\r\nDate: x\r\nX-Seen: 404\r\n\r\nno',
    )
  })

  test('keeps both connections and uses them again', async () => {
    await using upstream = await rawServer((socket) => {
      let count = 0
      socket.on('data', () =>
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: x\r\n\r\n#${++count}`),
      )
    })
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    for (const n of [1, 2, 3]) {
      client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
      await client.until(`#${n}`)
    }
    expect(upstream.sockets).toHaveLength(1)
  })

  test('announces a chunked body both ways with its trailers', async () => {
    let seen = ''
    await using upstream = await rawServer((socket) => {
      socket.on('data', (data) => {
        seen += data.toString('latin1')
        if (seen.endsWith('X-Sum: 7\r\n\r\n')) {
          socket.write(
            'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Check\r\nDate: x\r\n\r\n3\r\nabc\r\n0\r\nX-Check: yes\r\nX-More: 1\r\nX-More: 2\r\n\r\n',
          )
        }
      })
    })
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send(
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n',
    )
    const answer = await client.until('X-More: 2\r\n\r\n')
    expect(answer).toBe(
      'HTTP/1.1 200 OK\r\nTrailer: X-Check\r\nDate: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Check: yes\r\nX-More: 1\r\nX-More: 2\r\n\r\n',
    )
    expect(seen).toContain('Trailer: X-Sum\r\n')
    expect(seen).toContain(`Transfer-Encoding: chunked${headEnd}2\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n`)
  })

  test.each([
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nDate: x\r\n\r\n'],
    ['GET', 'HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n'],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nDate: x\r\n\r\n'],
  ])('%s answered without a body: %j', async (method, answer) => {
    await using upstream = await rawServer((socket) => socket.on('data', () => socket.write(answer)))
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send(`${method} / HTTP/1.1\r\nHost: a\r\n\r\n`)
    expect(await client.until(headEnd)).toBe(answer)
    client.send(`${method} / HTTP/1.1\r\nHost: a\r\n\r\n`)
    await proxy.outcome(2)
    expect(upstream.sockets).toHaveLength(1)
  })

  test('passes informational responses on as they come', async () => {
    await using upstream = await rawServer((socket) => {
      socket.on('data', () => socket.write('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'))
    })
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(await client.until(headEnd)).toBe('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n')
    upstream.sockets[0]!.write('HTTP/1.1 500 Oh\r\nContent-Length: 2\r\nDate: x\r\n\r\nno')
    expect(await client.until('no')).toContain('\r\n\r\nHTTP/1.1 500 Oh\r\n')
  })

  test('Expect: 100-continue: the body waits for the destination', async () => {
    let seen = ''
    await using upstream = await rawServer((socket) => {
      socket.on('data', (data) => {
        seen += data.toString('latin1')
        if (seen.endsWith(headEnd)) socket.write('HTTP/1.1 100 Continue\r\n\r\n')
        if (seen.endsWith('body')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: x\r\n\r\nok')
      })
    })
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n')
    await client.until('HTTP/1.1 100 Continue\r\n\r\n')
    client.send('body')
    await client.until('ok')
    expect(seen).toContain('Expect: 100-continue\r\n')
  })

  test('Expect: 100-continue: a destination that says nothing gets the body after a second', async () => {
    const clock = new ManualClock()
    let seen = ''
    const headSeen = Promise.withResolvers<void>()
    await using upstream = await rawServer((socket) => {
      socket.on('data', (data) => {
        seen += data.toString('latin1')
        if (seen.endsWith(headEnd)) headSeen.resolve()
        if (seen.endsWith('body')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: x\r\n\r\nok')
      })
    })
    await using proxy = await testProxy(upstream.port, { clock })
    using client = new RawClient(proxy.port)
    client.send('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n')
    await headSeen.promise
    await clock.advance(999)
    expect(client.text).toBe('')
    await clock.advance(1)
    await client.until('HTTP/1.1 100 Continue\r\n\r\n')
    client.send('body')
    await client.until('ok')
  })

  test('100 Continue is passed on to a client that did not ask for it, too', async () => {
    await using upstream = await rawServer((socket) => {
      socket.on('data', () =>
        socket.write(
          'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: x\r\n\r\nok',
        ),
      )
    })
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(await client.until('ok')).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
  })

  test('Expect: 100-continue refused: the client is closed after the answer', async () => {
    await using upstream = await rawServer((socket) => {
      socket.on('data', () => socket.write('HTTP/1.1 401 No\r\nContent-Length: 0\r\nDate: x\r\n\r\n'))
    })
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n')
    const text = await client.untilEnd()
    expect(text).toMatch(/^HTTP\/1\.1 401 No\r\n/)
    expect(text).toContain('Connection: close')
  })

  test('a destination that nobody listens to gives 502 in the words of Go', async () => {
    const upstream = await rawServer(() => {})
    const { port } = upstream
    await upstream[Symbol.asyncDispose]()
    await using proxy = await testProxy(port)
    using client = new RawClient(proxy.port)
    client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    const text = await client.untilEnd()
    expect(text).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/)
    expect(text).toContain('Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n')
    expect(text).toContain(`${headEnd}dial tcp 127.0.0.1:${port}: connect: connection refused\n`)
    expect(proxy.outcomes[0]).toMatchObject({
      kind: 'failed',
      sent: false,
      error: { code: 'UPSTREAM_UNREACHABLE' },
    })
  })

  test.each([
    ['with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'],
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
  ])('a destination that dies amid a body %s breaks the client off', async (_name, part) => {
    await using upstream = await rawServer((socket) => socket.on('data', () => socket.write(part)))
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await client.until('abc')
    upstream.sockets[0]!.destroy()
    const text = await client.untilEnd()
    expect(text).not.toContain('0\r\n\r\n')
    expect(text.endsWith('abc') || text.endsWith('abc\r\n')).toBe(true)
    expect(await proxy.outcome()).toMatchObject({ kind: 'broken', error: { code: 'UPSTREAM_CLOSED' } })
    expect(proxy.exchanges[0]!.ending).toBe('aborted')
  })

  test('a client that leaves takes the upstream request with it', async () => {
    const closed = Promise.withResolvers<void>()
    await using upstream = await rawServer((socket) => {
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'))
      socket.on('close', closed.resolve)
      socket.on('end', () => socket.end())
    })
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await client.until('abc')
    client.socket.destroy()
    await closed.promise
    expect(await proxy.outcome()).toEqual({ kind: 'cancelled' })
  })

  test('the answer may begin and end before the request does', async () => {
    await using upstream = await rawServer((socket) => {
      socket.on('data', (data) => {
        for (const letter of data.toString('latin1').matchAll(/\r\n([a-z])\r\n/g)) {
          if (letter[1] === 'a') socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
          socket.write(`1\r\n${letter[1]!.toUpperCase()}\r\n`)
          if (letter[1] === 'c') socket.write('0\r\n\r\n')
        }
      })
    })
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n')
    await client.until('A\r\n')
    client.send('1\r\nb\r\n')
    await client.until('B\r\n')
    client.send('1\r\nc\r\n')
    await client.until('0\r\n\r\n')
    expect(await proxy.outcome()).toEqual({ kind: 'answered' })
  })

  test('an answer that ends with the connection, from HTTP/1.0', async () => {
    await using upstream = await rawServer((socket) =>
      socket.on('data', () => socket.end('HTTP/1.0 200 OK\r\nDate: x\r\n\r\nold')),
    )
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(await client.until('0\r\n\r\n')).toContain('3\r\nold\r\n')
  })

  test.each([
    ['not HTTP', 'SSH-2.0-x\r\n\r\n', 'malformed HTTP response'],
    [
      'two lengths',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      'multiple Content-Length',
    ],
    ['a header without a colon', 'HTTP/1.1 200 OK\r\nfoo\r\n\r\n', 'malformed MIME header line: foo'],
    [
      'an unknown coding',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n',
      'unsupported transfer encoding',
    ],
  ])('%s from the destination is 502', async (_name, answer, text) => {
    await using upstream = await rawServer((socket) => socket.on('data', () => socket.write(answer)))
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(await client.until(text)).toContain('HTTP/1.1 502')
  })

  test('a slow reader holds the destination back', async () => {
    const chunk = Buffer.alloc(64 << 10, 'x')
    let written = 0
    let blocked = false
    const stalled = Promise.withResolvers<void>()
    await using upstream = await rawServer((socket) => {
      const pump = () => {
        while (written < 64 << 20) {
          written += chunk.length
          if (!socket.write(chunk)) {
            blocked = true
            socket.once('drain', () => {
              blocked = false
              pump()
            })
            if (written > 1 << 20) stalled.resolve()
            return
          }
        }
        socket.end()
      }
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${64 << 20}\r\n\r\n`)
        pump()
      })
    })
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.socket.pause()
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await stalled.promise
    // Both kernels' buffers and ours are full: nothing moves any more although the client took nothing.
    let before = -1
    while (before !== written || !blocked) {
      before = written
      for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(written).toBeLessThan(32 << 20)
    let received = 0
    client.socket.removeAllListeners('data')
    client.socket.on('data', (text: string) => {
      received += text.length
    })
    client.socket.resume()
    await proxy.outcome()
    while (received < 64 << 20) await once(client.socket, 'data')
    expect(proxy.exchanges[0]!.bodyBytes).toBe(64 << 20)
  })

  test('a destination that does not read holds the client back', async () => {
    await using upstream = await rawServer((socket) => socket.pause())
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    const total = 64 << 20
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${total}\r\n\r\n`)
    const chunk = Buffer.alloc(64 << 10)
    let written = 0
    const blocked = Promise.withResolvers<void>()
    const pump = () => {
      while (written < total) {
        written += chunk.length
        if (!client.socket.write(chunk)) {
          client.socket.once('drain', pump)
          if (written > 1 << 20) blocked.resolve()
          return
        }
      }
    }
    pump()
    await blocked.promise
    let before = -1
    while (before !== written) {
      before = written
      for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(written).toBeLessThan(32 << 20)
    let received = 0
    const all = Promise.withResolvers<void>()
    upstream.sockets[0]!.on('data', (data) => {
      received += data.length
      if (received > total) all.resolve()
    })
    upstream.sockets[0]!.resume()
    await all.promise
    upstream.sockets[0]!.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    await client.until('ok')
  })
})
