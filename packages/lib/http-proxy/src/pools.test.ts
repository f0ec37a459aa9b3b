import { once } from 'node:events'
import { createServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { send } from './small-request.ts'
import { rawServer } from './testing/index.ts'
import { Upstreams } from './upstreams.ts'

const get = { method: 'GET', target: '/', headers: [], timeoutMs: 1000 } as const

/** Answers each request when told to. */
async function heldServer() {
  const held: (() => void)[] = []
  const server = await rawServer((socket) => {
    socket.on('data', () => held.push(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')))
    socket.on('end', () => socket.end())
  })
  return {
    server,
    async answer(count: number) {
      while (held.length < count) await new Promise((resolve) => setImmediate(resolve))
      for (const go of held.splice(0)) go()
    },
  }
}

describe('Upstreams', () => {
  test('keeps no more idle connections than allowed, over all and per destination', async () => {
    const one = await heldServer()
    const two = await heldServer()
    await using _one = one.server
    await using _two = two.server
    const clock = new ManualClock()
    const upstreams = new Upstreams({ clock, maxIdle: 3, maxIdlePerDestination: 2 })
    const a = upstreams.to('127.0.0.1', one.server.port)
    const b = upstreams.to('127.0.0.1', two.server.port)
    const first = [1, 2, 3].map(() => send(a, get, clock))
    await one.answer(3)
    await Promise.all(first)
    await clock.settle()
    expect(upstreams.idleConnections).toBe(2)
    const second = [1, 2].map(() => send(b, get, clock))
    await two.answer(2)
    await Promise.all(second)
    await clock.settle()
    expect(upstreams.idleConnections).toBe(3)
    a.close()
    b.close()
    await clock.settle()
    expect(upstreams.idleConnections).toBe(0)
    upstreams.stop()
    expect(clock.pendingTimers).toBe(0)
  })

  test('keeps an HTTP/2 connection although HTTP/1.1 has as many idle as allowed', async () => {
    const { server, answer } = await heldServer()
    await using _server = server
    const http2Server = createServer()
    let sessions = 0
    http2Server.on('session', () => sessions++)
    http2Server.on('stream', (stream: ServerHttp2Stream) =>
      stream.respond({ ':status': 200 }, { endStream: true }),
    )
    await once(http2Server.listen(0, '127.0.0.1'), 'listening')
    const clock = new ManualClock()
    const upstreams = new Upstreams({ clock, maxIdle: 1, maxIdlePerDestination: 1 })
    const one = upstreams.to('127.0.0.1', server.port)
    const two = upstreams.to('127.0.0.1', (http2Server.address() as AddressInfo).port)
    const sent = send(one, get, clock)
    await answer(1)
    await sent
    for (let i = 0; i < 3; i++) {
      await send(two, { ...get, httpMajor: 2 }, clock)
      await clock.settle()
    }
    const { idleConnections } = upstreams
    one.close()
    two.close()
    upstreams.stop()
    http2Server.close()
    await once(http2Server, 'close')
    expect([sessions, idleConnections]).toEqual([1, 2])
  })

  test('closes connections that lie idle for long', async () => {
    const { server, answer } = await heldServer()
    await using _server = server
    const clock = new ManualClock()
    const upstreams = new Upstreams({ clock, maxIdle: 10, maxIdlePerDestination: 10 })
    const destination = upstreams.to('127.0.0.1', server.port)
    const sent = send(destination, get, clock)
    await answer(1)
    await sent
    await clock.settle()
    await clock.advance(89_999)
    expect(upstreams.idleConnections).toBe(1)
    const closed = once(server.sockets[0]!, 'close')
    await clock.advance(1)
    expect(upstreams.idleConnections).toBe(0)
    await closed
    expect(clock.pendingTimers).toBe(0)
  })

  test('closes each connection in its time, whenever it began to lie idle', async () => {
    const { server, answer } = await heldServer()
    await using _server = server
    const clock = new ManualClock()
    const upstreams = new Upstreams({ clock, maxIdle: 10, maxIdlePerDestination: 10 })
    const destination = upstreams.to('127.0.0.1', server.port)
    const sent = [1, 2].map(() => send(destination, { ...get, timeoutMs: 100_000 }, clock))
    await answer(1)
    await Promise.race(sent)
    await clock.advance(30_000)
    await answer(1)
    await Promise.all(sent)
    await clock.settle()
    await clock.advance(60_000)
    expect(upstreams.idleConnections).toBe(1)
    await clock.advance(30_000)
    expect(upstreams.idleConnections).toBe(0)
    expect(clock.pendingTimers).toBe(0)
  })

  test('forgets an idle connection that the destination closes', async () => {
    const { server, answer } = await heldServer()
    await using _server = server
    const clock = new ManualClock()
    const upstreams = new Upstreams({ clock, maxIdle: 10, maxIdlePerDestination: 10 })
    const destination = upstreams.to('127.0.0.1', server.port)
    const sent = send(destination, get, clock)
    await answer(1)
    await sent
    server.sockets[0]!.end()
    while (upstreams.idleConnections > 0) await clock.settle()
    const again = send(destination, get, clock)
    await answer(1)
    expect((await again).body.toString()).toBe('ok')
    expect(server.sockets).toHaveLength(2)
    destination.close()
    upstreams.stop()
  })
})

describe('send', () => {
  test('gives the answer with at most 64 KiB of its body', async () => {
    await using server = await rawServer((socket) =>
      socket.on('data', () =>
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(100_000)}`),
      ),
    )
    const clock = new ManualClock()
    const upstreams = new Upstreams({ clock, maxIdle: 1, maxIdlePerDestination: 1 })
    const response = await send(upstreams.to('127.0.0.1', server.port), get, clock)
    expect([response.status, response.body.length]).toEqual([200, 64 << 10])
    upstreams.stop()
  })

  test('sends the destination as Host unless told otherwise, and no body', async () => {
    const heads: string[] = []
    await using server = await rawServer((socket) =>
      socket.on('data', (data) => {
        heads.push(data.toString())
        socket.write('HTTP/1.1 204 No Content\r\n\r\n')
      }),
    )
    const clock = new ManualClock()
    const upstreams = new Upstreams({ clock, maxIdle: 1, maxIdlePerDestination: 1 })
    const destination = upstreams.to('127.0.0.1', server.port)
    await send(destination, { ...get, headers: ['A', 'b'] }, clock)
    await send(destination, { ...get, host: 'h' }, clock)
    expect(heads).toEqual([
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nA: b\r\n\r\n`,
      'GET / HTTP/1.1\r\nHost: h\r\n\r\n',
    ])
    expect(server.sockets).toHaveLength(1)
    destination.close()
    upstreams.stop()
  })

  test.each([
    ['its time is up', 'UPSTREAM_TIMEOUT'],
    ['it is called off', 'CANCELLED'],
  ])('fails when %s', async (_name, code) => {
    const asked = Promise.withResolvers<void>()
    await using server = await rawServer((socket) => {
      socket.on('data', () => asked.resolve())
    })
    const clock = new ManualClock()
    const upstreams = new Upstreams({ clock, maxIdle: 1, maxIdlePerDestination: 1 })
    const controller = new AbortController()
    const sent = send(upstreams.to('127.0.0.1', server.port), { ...get, signal: controller.signal }, clock)
    const failed = expect(sent).rejects.toMatchObject({ code })
    await asked.promise
    if (code === 'CANCELLED') controller.abort()
    else await clock.advance(1000)
    await failed
    expect(clock.pendingTimers).toBe(0)
  })
})
