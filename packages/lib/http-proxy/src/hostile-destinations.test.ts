import { expect, test } from '@jest/globals'
import { RawClient, rawServer, testProxy } from './testing/index.ts'

const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`

test('a 204 that announces a body is passed on without it, and its connection serves nobody else', async () => {
  const poison = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison'
  await using upstream = await rawServer((socket, index) => {
    socket.on('data', () => {
      if (index === 0) socket.write(`HTTP/1.1 204 No Content\r\nContent-Length: ${poison.length}\r\n\r\n`)
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood')
    })
  })
  await using proxy = await testProxy(upstream.port)
  using first = new RawClient(proxy.port)
  first.send(get('/'))
  expect(await first.until('\r\n\r\n')).not.toContain('Content-Length')
  await proxy.outcome()
  using second = new RawClient(proxy.port)
  second.send(get('/'))
  upstream.sockets[0]!.write(poison)
  expect(await second.until('good')).not.toContain('poison')
})

test('an early hint says nothing of lengths', async () => {
  await using upstream = await rawServer((socket) =>
    socket.on('data', () =>
      socket.write(
        'HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: x\r\n\r\nok',
      ),
    ),
  )
  await using proxy = await testProxy(upstream.port)
  using client = new RawClient(proxy.port)
  client.send(get('/'))
  expect(await client.until('ok')).toBe(
    'HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: x\r\n\r\nok',
  )
})

test('of informational responses without end only so many are passed on', async () => {
  const hint = `HTTP/1.1 103 Early Hints\r\nLink: ${'x'.repeat(1_000)}\r\n\r\n`
  await using upstream = await rawServer((socket) =>
    socket.on('data', () =>
      socket.write(`${hint.repeat(1_000)}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`),
    ),
  )
  await using proxy = await testProxy(upstream.port)
  using client = new RawClient(proxy.port)
  client.send(get('/'))
  const hints = (await client.until('\r\n\r\nok')).split(' 103 ').length - 1
  expect(hints).toBeGreaterThan(50)
  expect(hints).toBeLessThan(100)
})

test('what was sent behind a request whose answer broke off is not served', async () => {
  await using upstream = await rawServer((socket) =>
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')),
  )
  await using proxy = await testProxy(upstream.port)
  using client = new RawClient(proxy.port)
  client.send(get('/broken') + get('/behind'))
  await client.until('abc')
  upstream.sockets[0]!.destroy()
  await client.untilEnd()
  await proxy.outcome()
  expect(proxy.exchanges.map(({ target }) => target)).toEqual(['/broken'])
})

test('a body that is refused goes no further, although the client does not take the refusal yet', async () => {
  let seen = ''
  const answer = `HTTP/1.1 103 Early Hints\r\nLink: ${'x'.repeat(60_000)}\r\n\r\n`
  await using upstream = await rawServer((socket) =>
    socket.on('data', (bytes) => {
      seen += bytes.toString('latin1')
    }),
  )
  await using proxy = await testProxy(upstream.port)
  using client = new RawClient(proxy.port)
  client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n')
  while (!seen.includes('abc')) await new Promise((resolve) => setImmediate(resolve))
  upstream.sockets[0]!.write(answer)
  await client.until('103')
  client.send('zz')
  client.send('5\r\nhello\r\n0\r\n\r\n')
  await client.until('400')
  await proxy.outcome()
  expect(seen).not.toContain('hello')
})
