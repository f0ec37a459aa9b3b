import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { ReadBuffer } from './read-buffer.ts'
import { rawServer, testProxy } from './testing/index.ts'

describe('ReadBuffer', () => {
  test('is used again while messages are small', () => {
    const buffer = new ReadBuffer()
    const first = buffer.next(false)
    buffer.read(10)
    expect(buffer.next(true)).toBe(first)
  })

  test('grows amid a large message and shrinks after it', () => {
    const buffer = new ReadBuffer()
    const small = buffer.next(false).length
    buffer.read(small)
    const large = buffer.next(true)
    expect(large.length).toBeGreaterThan(small)
    buffer.read(1)
    expect(buffer.next(true)).toBe(large)
    expect(buffer.next(false)).toHaveLength(small)
  })

  test('is left to whoever keeps what was read', () => {
    const buffer = new ReadBuffer()
    buffer.read(buffer.next(false).length)
    const large = buffer.next(true)
    buffer.read(large.length)
    buffer.keep()
    const other = buffer.next(true)
    expect(other).not.toBe(large)
    expect(buffer.next(true)).toBe(other)
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
