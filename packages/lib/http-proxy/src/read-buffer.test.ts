import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { smallPieceBytes } from './coalescing-writer.ts'
import type { Exchange } from './exchange.ts'
import { ReadBuffer } from './read-buffer.ts'
import { RawClient, rawServer, testProxy, testServer } from './testing/index.ts'

const large = 48 << 10
const shared = new ReadBuffer().next(false)

/** One that reads into memory of its own. */
function amidLargeMessage(): { buffer: ReadBuffer; own: Buffer } {
  const buffer = new ReadBuffer()
  buffer.read(buffer.next(true).length)
  return { buffer, own: buffer.next(true) }
}

describe('ReadBuffer', () => {
  test('is shared while messages are small, or come slowly', () => {
    const buffer = new ReadBuffer()
    expect(buffer.next(false)).toBe(shared)
    for (const count of [10, large - 1]) {
      buffer.read(count)
      expect(buffer.next(true)).toBe(shared)
    }
  })

  test('gives a large piece out of shared memory as a copy', () => {
    const buffer = new ReadBuffer()
    const memory = buffer.next(false).fill('a')
    const piece = buffer.read(memory.length)
    memory.fill('b')
    expect(piece.every((byte) => byte === 0x61)).toBe(true)
    expect(buffer.next(false)).toBe(memory)
  })

  test('is its own amid a large message, as long as much comes', () => {
    const { buffer, own } = amidLargeMessage()
    expect(own).toHaveLength(large)
    buffer.read(large)
    expect(buffer.next(true)).toBe(own)
    buffer.read(large - 1)
    expect(buffer.next(true)).toBe(shared)
    expect(amidLargeMessage().own).toBe(own)
  })

  test('is given back after the message', () => {
    const { buffer, own } = amidLargeMessage()
    buffer.read(large)
    expect(buffer.next(false)).toBe(shared)
    expect(amidLargeMessage().own).toBe(own)
  })

  test('leaves alone what is held until it is free', () => {
    const { buffer, own } = amidLargeMessage()
    const piece = buffer.read(large)
    expect(buffer.keep(piece)).toBe(piece)
    buffer.read(buffer.next(true).length)
    expect(buffer.next(true)).not.toBe(own)
    expect(amidLargeMessage().own).not.toBe(own)
    buffer.free()
    expect(amidLargeMessage().own).toBe(own)
  })

  test('is not held for what was read before', () => {
    const { buffer, own } = amidLargeMessage()
    buffer.hold()
    buffer.free()
    expect(amidLargeMessage().own).not.toBe(own)
    own.write('abc')
    expect(buffer.read(3).toString()).toBe('abc')
    expect(buffer.next(true)).toBe(shared)
  })

  test('never uses again what somebody else still needs', () => {
    const { buffer, own } = amidLargeMessage()
    buffer.read(large)
    buffer.hold()
    buffer.leave()
    buffer.free()
    expect(amidLargeMessage().own).not.toBe(own)
  })

  test('copies what is kept of shared memory, or is little of what was read into', () => {
    for (const buffer of [new ReadBuffer(), amidLargeMessage().buffer]) {
      const memory = buffer.next(true)
      memory.write('abc')
      const kept = buffer.keep(buffer.read(3).subarray(1))
      memory.write('xyz')
      expect(kept.toString()).toBe('bc')
    }
  })
})

test.each([
  ['with a length', false],
  ['in chunks', true],
])('bodies %s reach slow clients as they were, many at a time', async (_name, chunked) => {
  const body = randomBytes(3 << 20)
  const expected = createHash('sha256').update(body).digest('hex')
  await using upstream = await rawServer((socket) =>
    socket.on('data', () => {
      if (!chunked) {
        socket.write(`HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: ${body.length}\r\n\r\n`)
        socket.write(body)
        return
      }
      socket.write('HTTP/1.1 200 OK\r\nDate: x\r\nTransfer-Encoding: chunked\r\n\r\n')
      for (let at = 0, size = 1; at < body.length; at += size, size = (size * 3) % 100_003) {
        const chunk = body.subarray(at, at + size)
        socket.write(`${chunk.length.toString(16)}\r\n`)
        socket.write(chunk)
        socket.write('\r\n')
      }
      socket.write('0\r\n\r\n')
    }),
  )
  await using proxy = await testProxy(upstream.port)
  const fetchSlowly = async () => {
    const socket = connect(proxy.port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    const packets: Buffer[] = []
    socket.on('data', (packet: Buffer) => {
      packets.push(packet)
      socket.pause()
      setImmediate(() => socket.resume())
    })
    await once(socket, 'end')
    socket.destroy()
    const text = Buffer.concat(packets)
    const start = text.indexOf('\r\n\r\n') + 4
    return chunked ? unchunked(text, start) : text.subarray(start)
  }
  const bodies = await Promise.all([1, 2, 3, 4].map(fetchSlowly))
  for (const received of bodies) expect(createHash('sha256').update(received).digest('hex')).toBe(expected)
})

test.each([
  ['with a length', false],
  ['in chunks', true],
])('bodies %s reach slow user containers as they were, many at a time', async (_name, chunked) => {
  const body = randomBytes(3 << 20)
  const expected = createHash('sha256').update(body).digest('hex')
  const received: Promise<Buffer>[] = []
  await using upstream = await rawServer((socket) => {
    const whole = Promise.withResolvers<Buffer>()
    received.push(whole.promise)
    const packets: Buffer[] = []
    let bytes = 0
    socket.on('data', (packet: Buffer) => {
      packets.push(packet)
      bytes += packet.length
      socket.pause()
      setImmediate(() => socket.resume())
      if (bytes < body.length) return
      const text = Buffer.concat(packets)
      const start = text.indexOf('\r\n\r\n') + 4
      const done = chunked ? text.subarray(-7).toString() === '\r\n0\r\n\r\n' : bytes === body.length + start
      if (!done) return
      whole.resolve(chunked ? unchunked(text, start) : text.subarray(start))
      socket.write('HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 2\r\n\r\nok')
    })
  })
  await using proxy = await testProxy(upstream.port)
  const send = async () => {
    using client = new RawClient(proxy.port)
    const framing = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`
    client.send(`POST / HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n`)
    if (!chunked) client.socket.write(body)
    for (let at = 0, size = 1; chunked && at < body.length; at += size, size = (size * 3) % 100_003) {
      const chunk = body.subarray(at, at + size)
      client.send(`${chunk.length.toString(16)}\r\n`)
      client.socket.write(chunk)
      client.send('\r\n')
    }
    if (chunked) client.send('0\r\n\r\n')
    await client.until('ok')
  }
  await Promise.all([1, 2, 3, 4].map(send))
  for (const sent of await Promise.all(received))
    expect(createHash('sha256').update(sent).digest('hex')).toBe(expected)
  expect(received).toHaveLength(4)
})

test('a request that waits is not overwritten by others', async () => {
  const exchanges: Exchange[] = []
  const bodies: Buffer[] = []
  const came = Promise.withResolvers<void>()
  await using server = await testServer({
    handler: (exchange) => {
      if (exchange.target !== '/waits') exchange.answer(200, [], 'ok')
      else {
        exchanges.push(exchange)
        came.resolve()
      }
    },
  })
  using waiting = new RawClient(server.port)
  const body = randomBytes(9000).toString('hex')
  waiting.send(`POST /waits HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  await came.promise
  for (let i = 0; i < 5; i++) {
    using other = new RawClient(server.port)
    other.send(`POST /other HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n${'x'.repeat(20_000)}`)
    await other.until('ok')
  }
  exchanges[0]!.readBody({
    bodyChunk: (chunk) => {
      bodies.push(Buffer.from(chunk))
      return true
    },
    bodyEnd: () => exchanges[0]!.answer(200, [], 'read'),
  })
  await waiting.until('read')
  expect(Buffer.concat(bodies).toString()).toBe(body)
})

test('what is read ahead of a body that is then taken slowly is not overwritten by others', async () => {
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  const waiting = Promise.withResolvers<Exchange>()
  await using server = await testServer({
    handler: (exchange) => {
      if (exchange.target === '/waits') waiting.resolve(exchange)
      else exchange.readBody({ bodyChunk: () => true, bodyEnd: () => exchange.answer(200, [], 'ok') })
    },
  })
  using client = new RawClient(server.port)
  const body = randomBytes(1_200_000).toString('hex')
  client.send(`POST /waits HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  const exchange = await waiting.promise
  for (let i = 0; i < 50; i++) await turn()
  let received = ''
  exchange.readBody({
    bodyChunk: (chunk) => {
      const kept = chunk.length > smallPieceBytes ? chunk : Buffer.from(chunk)
      void turn()
        .then(turn)
        .then(() => {
          received += kept.toString('latin1')
          exchange.resumeBody()
        })
      return false
    },
    bodyEnd: () => exchange.answer(200, [], 'read'),
  })
  const others = [1, 2, 3].map(async () => {
    while (received.length < body.length) {
      using other = new RawClient(server.port)
      other.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n${'x'.repeat(200_000)}`)
      await other.until('ok')
    }
  })
  await client.until('read')
  await Promise.all(others)
  expect(received === body).toBe(true)
})

function unchunked(text: Buffer, start: number): Buffer {
  const pieces: Buffer[] = []
  for (let at = start; ; ) {
    const lineEnd = text.indexOf('\r\n', at)
    const size = Number.parseInt(text.toString('latin1', at, lineEnd), 16)
    if (size === 0) return Buffer.concat(pieces)
    pieces.push(text.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
  }
}
