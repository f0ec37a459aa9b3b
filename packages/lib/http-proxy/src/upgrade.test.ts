import { once } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { limitTime } from './request-timeouts.ts'
import { RawClient, type RawServer, rawServer, testProxy } from './testing/index.ts'

const ask = 'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: echo\r\n\r\n'
const accept = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\nX-Kept: 1\r\n\r\n'

/** Accepts every upgrade and sends back what it gets, to the end of it. */
function echoServer(early = ''): Promise<RawServer> {
  return rawServer((socket) => {
    socket.once('data', (data) => {
      const text = data.toString('latin1')
      socket.write(accept + early)
      socket.write(text.slice(text.indexOf('\r\n\r\n') + 4))
      socket.on('data', (more) => socket.write(more))
      socket.on('end', () => socket.end())
    })
  })
}

describe('upgraded connections', () => {
  test('carry bytes both ways until both sides have ended', async () => {
    await using upstream = await echoServer('hello ')
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send(`${ask}early `)
    const text = await client.until('hello early ')
    expect(text).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nX-Kept: 1\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nhello early ',
    )
    client.send('ping')
    await client.until('ping')
    expect(proxy.server.inFlight).toBe(1)
    expect(proxy.exchanges[0]).toMatchObject({ upgraded: true, status: 101 })
    client.socket.end('last')
    expect((await client.untilEnd()).endsWith('pinglast')).toBe(true)
    expect(await proxy.outcome()).toEqual({ kind: 'upgraded' })
    expect(proxy.exchanges[0]!.ending).toBe('upgraded')
    expect(proxy.server.inFlight).toBe(0)
  })

  test('a half closed by the destination leaves the other half open', async () => {
    const received = Promise.withResolvers<string>()
    await using upstream = await rawServer((socket) => {
      socket.once('data', () => {
        socket.end(`${accept}bye`)
        let text = ''
        socket.on('data', (data) => {
          text += data.toString()
        })
        socket.on('end', () => received.resolve(text))
      })
    })
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send(ask)
    await client.untilEnd()
    client.socket.end('still here')
    expect(await received.promise).toBe('still here')
    expect(await proxy.outcome()).toEqual({ kind: 'upgraded' })
  })

  test('a broken destination closes the client', async () => {
    await using upstream = await echoServer()
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send(ask)
    await client.until('\r\n\r\n')
    upstream.sockets[0]!.resetAndDestroy()
    await client.untilEnd()
    await proxy.outcome()
    expect(proxy.server.inFlight).toBe(0)
  })

  test('a broken client closes the destination', async () => {
    await using upstream = await echoServer()
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send(ask)
    await client.until('\r\n\r\n')
    const closed = once(upstream.sockets[0]!, 'close')
    client.socket.resetAndDestroy()
    await closed
    await proxy.outcome()
  })

  test('a destination that declines answers as usual, and the connection closes', async () => {
    await using upstream = await rawServer((socket) =>
      socket.on('data', () => socket.write('HTTP/1.1 403 No\r\nContent-Length: 2\r\nDate: x\r\n\r\nno')),
    )
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send(ask)
    const text = await client.untilEnd()
    expect(text).toMatch(/^HTTP\/1\.1 403 No\r\n/)
    expect(text.endsWith('\r\n\r\nno')).toBe(true)
    expect(await proxy.outcome()).toEqual({ kind: 'answered' })
  })

  test('a destination that switches to something else is 502', async () => {
    await using upstream = await rawServer((socket) =>
      socket.on('data', () => socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\n\r\n')),
    )
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send(ask)
    expect(await client.untilEnd()).toContain(
      'backend tried to switch protocol "other" when "echo" was requested\n',
    )
  })

  test('a client that leaves before the switch ends the exchange', async () => {
    const asked = Promise.withResolvers<void>()
    await using upstream = await rawServer((socket) => {
      socket.on('data', () => asked.resolve())
    })
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send(ask)
    await asked.promise
    client.socket.destroy()
    expect(await proxy.outcome()).toEqual({ kind: 'cancelled' })
  })

  test('a wish for h2c is served in HTTP/1.1', async () => {
    let seen = ''
    await using upstream = await rawServer((socket) =>
      socket.on('data', (data) => {
        seen += data.toString('latin1')
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: x\r\n\r\nok')
      }),
    )
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send(
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n',
    )
    expect(await client.until('ok')).toContain('HTTP/1.1 200 OK')
    expect(seen.toLowerCase()).not.toContain('upgrade')
    expect(seen.toLowerCase()).not.toContain('http2-settings')
  })

  test('idle and response-start limits spare a connection with traffic either way, and cut an idle one', async () => {
    const clock = new ManualClock()
    await using upstream = await rawServer((socket) => {
      socket.once('data', () => {
        socket.write(accept)
        socket.on('data', () => {})
      })
    })
    await using proxy = await testProxy(upstream.port, {
      clock,
      before: (exchange) =>
        limitTime(exchange, { requestMs: 0, responseStartMs: 1000, idleMs: 1000, text: 'late' }, clock),
    })
    using client = new RawClient(proxy.port)
    client.send(ask)
    await client.until('\r\n\r\n')
    const exchange = proxy.exchanges[0]!
    await clock.advance(900)
    const arrived = once(upstream.sockets[0]!, 'data')
    client.send('to the server')
    await arrived
    await clock.advance(900)
    upstream.sockets[0]!.write('to the client')
    await client.until('to the client')
    await clock.advance(999)
    expect(exchange.ending).toBeUndefined()
    await clock.advance(1)
    expect(exchange.ending).toBe('cut-off')
    await client.untilEnd()
    await proxy.outcome()
    expect(clock.pendingTimers).toBe(0)
  })
})
