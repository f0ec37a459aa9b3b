import { once } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { limitTime, type TimeLimits } from './request-timeouts.ts'
import { RawClient, rawServer, testProxy } from './testing/index.ts'

const off: TimeLimits = { requestMs: 0, responseStartMs: 0, idleMs: 0, text: 'request timeout' }

/** A destination that writes what it is told, behind a proxy with `limits`. */
async function world(limits: Partial<TimeLimits>, request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n') {
  const clock = new ManualClock()
  const upstreamClosed = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  let seen = ''
  const upstream = await rawServer((socket) => {
    socket.on('data', (data) => {
      seen += data.toString('latin1')
      asked.resolve()
    })
    socket.on('close', upstreamClosed.resolve)
    socket.on('end', () => socket.destroy())
  })
  const proxy = await testProxy(upstream.port, {
    clock,
    before: (exchange) => limitTime(exchange, { ...off, ...limits }, clock),
  })
  const client = new RawClient(proxy.port)
  client.send(request)
  await asked.promise
  return {
    clock,
    proxy,
    client,
    upstreamClosed: upstreamClosed.promise,
    async received(part: string): Promise<void> {
      while (!seen.includes(part)) await once(upstream.sockets[0]!, 'data')
    },
    write: (text: string) => upstream.sockets[0]!.write(text),
    async [Symbol.asyncDispose]() {
      client[Symbol.dispose]()
      await proxy[Symbol.asyncDispose]()
      await upstream[Symbol.asyncDispose]()
    },
  }
}

const chunked = 'HTTP/1.1 200 OK\r\nDate: x\r\nTransfer-Encoding: chunked\r\n\r\n'

describe('limitTime', () => {
  test('a limit below 0 is none', async () => {
    await using w = await world({ requestMs: -1000, responseStartMs: -1000, idleMs: 1000 })
    w.write(chunked)
    await w.client.until('200 OK')
    await w.clock.advance(999)
    w.write('1\r\na\r\n')
    await w.client.until('1\r\na\r\n')
    await w.clock.advance(999)
    expect(w.client.text.endsWith('1\r\na\r\n')).toBe(true)
    await w.clock.advance(1)
    await w.client.until('request timeout')
  })

  test.each([
    ['request', { requestMs: 1000 }],
    ['response start', { responseStartMs: 1000 }],
    ['idle', { idleMs: 1000 }],
  ])('%s limit with nothing written: 504 and the text, no newline', async (_name, limits) => {
    await using w = await world(limits)
    await w.clock.advance(999)
    expect(w.client.text).toBe('')
    await w.clock.advance(1)
    const text = await w.client.until('request timeout')
    expect(text).toMatch(/^HTTP\/1\.1 504 Gateway Timeout\r\n/)
    expect(text.endsWith('\r\n\r\nrequest timeout')).toBe(true)
    await w.upstreamClosed
    expect(await w.proxy.outcome()).toEqual({ kind: 'cancelled' })
    expect(w.proxy.exchanges[0]).toMatchObject({ ending: 'cut-off', status: 504 })
    expect(w.clock.pendingTimers).toBe(0)
  })

  test.each([
    ['request', { requestMs: 1000 }],
    ['idle', { idleMs: 1000 }],
  ])('%s limit amid an unframed response: the text is appended, the end is clean', async (_name, limits) => {
    await using w = await world(limits)
    w.write(`${chunked}3\r\nabc\r\n`)
    await w.client.until('abc\r\n')
    await w.clock.advance(1000)
    const text = await w.client.until('\r\n0\r\n\r\n')
    expect(text.endsWith('3\r\nabc\r\nf\r\nrequest timeout\r\n0\r\n\r\n')).toBe(true)
    await w.upstreamClosed
  })

  test('request limit amid a response with a length: closed short', async () => {
    await using w = await world({ requestMs: 1000 })
    w.write('HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 100\r\n\r\nabc')
    await w.client.until('abc')
    await w.clock.advance(1000)
    expect((await w.client.untilEnd()).endsWith('\r\n\r\nabc')).toBe(true)
    await w.upstreamClosed
  })

  test('response start: a 1xx counts, and what comes later is not limited', async () => {
    await using w = await world({ responseStartMs: 1000 })
    w.write('HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n')
    await w.client.until('Link: x')
    expect(w.clock.pendingTimers).toBe(0)
    await w.clock.advance(5000)
    w.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    await w.client.until('ok')
  })

  test('response start: a stream that has begun may pause for as long as it likes', async () => {
    await using w = await world({ responseStartMs: 1000 })
    w.write(chunked)
    await w.client.until('\r\n\r\n')
    await w.clock.advance(3_600_000)
    w.write('3\r\nabc\r\n0\r\n\r\n')
    expect((await w.client.until('0\r\n\r\n')).endsWith('\r\n\r\n3\r\nabc\r\n0\r\n\r\n')).toBe(true)
  })

  test('response start: our own word that the body may come is no response', async () => {
    await using w = await world(
      { responseStartMs: 3000 },
      'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n',
    )
    await w.clock.advance(1000)
    await w.client.until('100 Continue')
    await w.clock.advance(1999)
    expect(w.client.text).not.toContain('504')
    await w.clock.advance(1)
    await w.client.until('504 Gateway Timeout')
  })

  test('what passes after only a 1xx is answered 504', async () => {
    await using w = await world({ requestMs: 1000 })
    w.write('HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n')
    await w.client.until('Link: x')
    await w.clock.advance(1000)
    const text = await w.client.until('request timeout')
    expect(text).toContain('\r\n\r\nHTTP/1.1 504 Gateway Timeout\r\n')
    await w.upstreamClosed
  })

  test('idle: the bytes of a request body count', async () => {
    await using w = await world({ idleMs: 1000 }, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n')
    for (const part of ['abc', 'def']) {
      await w.clock.advance(900)
      w.client.send(part)
      await w.received(part)
    }
    await w.clock.advance(999)
    expect(w.client.text).toBe('')
    await w.clock.advance(1)
    await w.client.until('request timeout')
  })

  test('response start: the bytes of a request body do not count', async () => {
    await using w = await world(
      { responseStartMs: 1000, idleMs: 5000 },
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n',
    )
    await w.clock.advance(900)
    w.client.send('abc')
    await w.received('abc')
    await w.clock.advance(99)
    expect(w.client.text).toBe('')
    await w.clock.advance(1)
    await w.client.until('request timeout')
  })

  test('idle: counts from the last write of the response', async () => {
    await using w = await world({ idleMs: 1000 })
    await w.clock.advance(900)
    w.write(chunked)
    await w.client.until('\r\n\r\n')
    for (const letter of ['a', 'b', 'c']) {
      await w.clock.advance(900)
      w.write(`1\r\n${letter}\r\n`)
      await w.client.until(`1\r\n${letter}\r\n`)
    }
    await w.clock.advance(999)
    expect(w.proxy.exchanges[0]!.ending).toBeUndefined()
    await w.clock.advance(1)
    await w.client.until('request timeout')
  })

  test('a response in time takes every timer with it', async () => {
    await using w = await world({ requestMs: 1000, responseStartMs: 500, idleMs: 300 })
    w.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    await w.client.until('ok')
    await w.proxy.outcome()
    await w.clock.advance(300)
    // What is left is the pool's, for the connection that now lies idle.
    expect(w.clock.pendingTimers).toBe(1)
    expect(w.proxy.upstreams.idleConnections).toBe(1)
  })
})
