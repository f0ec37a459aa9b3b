import { PassThrough } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import fc from 'fast-check'
import { RawClient, type RawServer, rawServer, testProxy } from './testing/index.ts'
import { WebSocketFarewell } from './web-socket-farewell.ts'

const ask = 'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
const accept = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n\r\n'
const goingAway = '\x88\x02\x03\xe9'
const hello = '\x81\x05hello'

/** Accepts every upgrade and says `first`. */
function chat(first: string): Promise<RawServer> {
  return rawServer((socket) =>
    socket.once('data', () => {
      socket.write(accept + first, 'latin1')
      socket.on('data', () => {})
    }),
  )
}

/** A frame of a server with so much payload. */
function frame(opcode: number, length: number, mask: boolean): Buffer {
  const bit = mask ? 0x80 : 0
  const head =
    length < 126
      ? Buffer.from([0x80 | opcode, bit | length])
      : length < 65_536
        ? Buffer.from([0x80 | opcode, bit | 126, length >> 8, length & 255])
        : Buffer.from([
            0x80 | opcode,
            bit | 127,
            0,
            0,
            0,
            0,
            0,
            length >> 16,
            (length >> 8) & 255,
            length & 255,
          ])
  return Buffer.concat([head, Buffer.alloc(length + (mask ? 4 : 0), 0x88)])
}

describe('WebSocketFarewell', () => {
  test('is said between two frames and nowhere else, however they are cut', () => {
    const frames = fc.array(
      fc.tuple(
        fc.constantFrom(0, 1, 2, 9),
        fc.constantFrom(0, 1, 125, 126, 300, 65_535, 65_536),
        fc.boolean(),
      ),
      { maxLength: 4 },
    )
    fc.assert(
      fc.property(frames, fc.nat(1000), fc.array(fc.nat(70_000), { maxLength: 4 }), (parts, end, cuts) => {
        const all = parts.map(([opcode, length, mask]) => frame(opcode, length, mask))
        const bytes = Buffer.concat(all)
        const until = Math.max(0, bytes.length - end)
        let edge = 0
        const edges = [0, ...all.map(({ length }) => (edge += length))]
        const farewell = new WebSocketFarewell(new PassThrough())
        const places = [...cuts.map((cut) => Math.min(cut, until)), until].sort((a, b) => a - b)
        let from = 0
        for (const place of places) {
          farewell.sent(bytes.subarray(from, place))
          from = place
        }
        expect(farewell.say()).toBe(edges.includes(until))
      }),
      { numRuns: 500 },
    )
  })

  test('is not said twice, nor after the close frame of the server', () => {
    const client = new PassThrough()
    const farewell = new WebSocketFarewell(client)
    expect(farewell.say()).toBe(true)
    expect(farewell.say()).toBe(false)
    expect(client.read().toString('latin1')).toBe(goingAway)
    const other = new WebSocketFarewell(new PassThrough())
    other.sent(frame(8, 2, false))
    expect(other.say()).toBe(false)
  })
})

describe('a server that closes', () => {
  const linger = (clock: ManualClock) => ({ ms: 60_000, clock })

  test('tells WebSockets that it goes away before it breaks them', async () => {
    const clock = new ManualClock()
    await using upstream = await chat(hello)
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send(ask)
    await client.until(hello)
    const closed = proxy.server.close(linger(clock))
    await clock.advance(59_999)
    expect(client.text.endsWith(hello)).toBe(true)
    await clock.advance(1)
    expect((await client.untilEnd()).endsWith(hello + goingAway)).toBe(true)
    await clock.advance(1_000)
    await closed
  })

  test('breaks one amid a frame, and other protocols, without a word', async () => {
    const clock = new ManualClock()
    const part = hello.slice(0, -1)
    await using upstream = await chat(part)
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send(ask)
    await client.until(part)
    const closed = proxy.server.close(linger(clock))
    await clock.advance(60_000)
    await closed
    expect((await client.untilEnd()).endsWith(part)).toBe(true)
  })

  test.each([
    ['without a word gets it said', hello, hello + goingAway],
    ['in good form is left alone', `${hello}\x88\x02\x03\xe8`, `${hello}\x88\x02\x03\xe8`],
  ])('meanwhile: a destination that ends %s', async (_name, sent, received) => {
    const clock = new ManualClock()
    await using upstream = await chat(sent)
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send(ask)
    await client.until(sent)
    const closed = proxy.server.close(linger(clock))
    upstream.sockets[0]!.end()
    expect((await client.untilEnd()).endsWith(received)).toBe(true)
    client.socket.end()
    await closed
  })

  test('before that, the end of a destination is passed on as it is', async () => {
    await using upstream = await chat(hello)
    await using proxy = await testProxy(upstream.port)
    using client = new RawClient(proxy.port)
    client.send(ask)
    await client.until(hello)
    upstream.sockets[0]!.end()
    expect((await client.untilEnd()).endsWith(hello)).toBe(true)
  })
})
