import { createServer, type IncomingMessage, METHODS } from 'node:http'
import { Duplex } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { malformedRequests } from './testing/index.ts'
import { type Message, ours, requestStreams } from './testing/request-streams.ts'

/** What `node:http` makes of them. */
async function nodes(bytes: Buffer): Promise<Message[]> {
  const messages: Message[] = []
  const server = createServer({ maxHeaderSize: 1 << 16 }, (request: IncomingMessage, response) => {
    const message: Message = {
      head: [request.method, request.url, ...request.rawHeaders].join('|'),
      body: '',
      trailers: '',
      complete: false,
    }
    messages.push(message)
    request.on('data', (chunk: Buffer) => {
      message.body += chunk.toString('latin1')
    })
    request.on('end', () => {
      message.trailers = request.rawTrailers.join('|')
      message.complete = true
    })
    request.on('error', () => {})
    response.end()
  })
  server.maxHeadersCount = 0
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  socket.on('error', () => {})
  server.emit('connection', socket)
  socket.push(bytes)
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve))
  socket.destroy()
  return messages
}

describe('RequestReader', () => {
  test('finds the same however the bytes are cut', () => {
    fc.assert(
      fc.property(requestStreams, fc.array(fc.nat(1000), { maxLength: 30 }), (bytes, cuts) => {
        expect(ours(bytes, cuts)).toEqual(ours(bytes))
      }),
      { numRuns: 1000 },
    )
  })

  test.each(malformedRequests)('refuses the same byte by byte: $name', ({ bytes, status }) => {
    const whole = Buffer.from(bytes, 'latin1')
    expect(ours(whole).refused).toBe(status)
    expect(ours(whole, [...whole.keys()])).toEqual(ours(whole))
  })

  test('what it takes, node:http takes for the same', async () => {
    await fc.assert(
      fc.asyncProperty(requestStreams, async (bytes) => {
        const { messages } = ours(bytes)
        const theirs = await nodes(bytes)
        for (const [i, mine] of messages.entries()) {
          // For us, as for Go, any token is a method.
          if (!METHODS.includes(mine.head.slice(0, mine.head.indexOf('|')))) break
          // It drops what it read of a message when what follows is malformed, so it may have told less of it.
          const its = theirs[i]!
          expect(its.head).toBe(mine.head)
          if (its.complete) expect(its).toEqual(mine)
          else expect(mine.body.startsWith(its.body)).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('never fails in another way, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.array(fc.nat(300), { maxLength: 8 }),
        (bytes, cuts) => {
          const { refused } = ours(Buffer.from(bytes), cuts)
          expect([undefined, 400, 405, 417, 431, 501, 505]).toContain(refused)
        },
      ),
      { numRuns: 1000 },
    )
  })

  test.each([
    ['a head', 'GET / HTTP/1.1\r\nHost: a\r\nX: '],
    ['trailers', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: '],
  ])('holds no more of %s than its limit', (_name, start) => {
    const filler = Buffer.alloc(5000, 'x')
    const whole = Buffer.concat([Buffer.from(start), filler, Buffer.from('\r\n\r\n')])
    expect(ours(whole, [], 6000).refused).toBeUndefined()
    expect(ours(whole, [], 5000).refused).toBe(431)
    expect(ours(whole, [...whole.keys()], 5000).refused).toBe(431)
  })
})
