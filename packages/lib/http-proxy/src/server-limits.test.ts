import { once } from 'node:events'
import { connect } from 'node:http2'
import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { RawClient, rawServer, testProxy, testServer } from './testing/index.ts'

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

describe('what a server puts up with by default', () => {
  test('a connection may lie idle for as long as it likes', async () => {
    const clock = new ManualClock()
    await using server = await testServer({
      handler: (exchange) => exchange.answer(200, [], exchange.target),
      clock,
    })
    using client = new RawClient(server.port)
    client.send(get)
    await client.until('\r\n\r\n/')
    expect(clock.pendingTimers).toBe(0)
    await clock.advance(24 * 3_600_000)
    client.send('GET /later HTTP/1.1\r\nHost: a\r\n\r\n')
    await client.until('/later')
  })

  test('an HTTP/2 connection has at most 250 streams at once, with heads of up to 1 MiB', async () => {
    await using server = await testServer({ handler: (exchange) => exchange.answer(200, []) })
    const session = connect(`http://127.0.0.1:${server.port}`)
    await once(session, 'remoteSettings')
    expect(session.remoteSettings).toMatchObject({ maxConcurrentStreams: 250, maxHeaderListSize: 1 << 20 })
    const closed = once(session, 'close')
    session.close()
    await closed
  })
})

describe('a response that is streamed', () => {
  test.each([
    ['in chunks', 'Transfer-Encoding: chunked\r\n', (text: string) => `${text.length}\r\n${text}\r\n`],
    ['as events of known length', 'Content-Length: 9\r\nContent-Type: text/event-stream\r\n', String],
    ['to the end of the connection', 'Connection: close\r\n', String],
  ])('%s is passed on piece by piece', async (_name, headers, piece) => {
    await using upstream = await rawServer((socket) =>
      socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\n${headers}Date: x\r\n\r\n`)),
    )
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send(get)
    await client.until('\r\n\r\n')
    for (const text of ['one', 'two']) {
      upstream.sockets[0]!.write(piece(text))
      await client.until(text)
    }
    expect(proxy.exchanges[0]!.ending).toBeUndefined()
  })
})
