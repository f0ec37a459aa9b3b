import { expect, test } from '@jest/globals'
import { RawClient, rawServer, testProxy } from './testing/index.ts'

test.each([
  ['a GET is sent once more', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', '200'],
  ['so is a HEAD', 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n', '200'],
  ['so are OPTIONS', 'OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n', '200'],
  ['so is a TRACE', 'TRACE / HTTP/1.1\r\nHost: a\r\n\r\n', '200'],
  [
    'so is a DELETE with an idempotency key of the older name',
    'DELETE / HTTP/1.1\r\nHost: a\r\nX-Idempotency-Key: 1\r\n\r\n',
    '200',
  ],
  ['so is a POST with an idempotency key', 'POST / HTTP/1.1\r\nHost: a\r\nIdempotency-Key: 1\r\n\r\n', '200'],
  ['a bare POST is not', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n', '502'],
  ['a PUT with a body is not', 'PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx', '502'],
])('on a stale connection %s', async (_name, request, status) => {
  await using upstream = await rawServer((socket, index) => {
    let count = 0
    socket.on('data', () => {
      if (index === 0 && ++count > 1) socket.destroy()
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: x\r\n\r\nok')
    })
  })
  await using proxy = await testProxy(upstream.port)
  using client = new RawClient(proxy.port)
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await client.until('ok')
  client.send(request)
  await proxy.outcome(2)
  const text = await client.until(status === '200' ? 'okHTTP/1.1 200' : 'HTTP/1.1 502')
  expect(text).toContain(`okHTTP/1.1 ${status}`)
})

test('a fresh connection that closes without a word is not tried again', async () => {
  await using upstream = await rawServer((socket) => socket.on('data', () => socket.destroy()))
  await using proxy = await testProxy(upstream.port)
  using client = new RawClient(proxy.port)
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  expect(await client.until('EOF\n')).toContain('HTTP/1.1 502')
  expect(upstream.sockets).toHaveLength(1)
})
