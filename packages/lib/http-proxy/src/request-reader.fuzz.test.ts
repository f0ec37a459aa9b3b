import { createServer, type IncomingMessage, METHODS } from 'node:http'
import { Duplex } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { RequestError } from './errors.ts'
import { RequestReader } from './request-reader.ts'
import { malformedRequests } from './testing/index.ts'

interface Message {
  readonly head: string
  body: string
  trailers: string
  complete: boolean
}

interface Verdict {
  readonly messages: readonly Message[]
  /** Status that refuses what comes after them. */
  readonly refused: number | undefined
}

/** What our reader makes of `bytes`, cut into packets at `cuts`, up to the request after which the connection closes. */
function ours(bytes: Buffer, cuts: readonly number[] = [], maxHeadBytes = 1 << 16): Verdict {
  const messages: Message[] = []
  let closed = false
  const reader = new RequestReader(
    {
      onHead: ({ method, target, headers, bodyBytes, keepAlive }) => {
        closed = !keepAlive
        messages.push({
          head: [method, target, ...headers].join('|'),
          body: '',
          trailers: '',
          complete: bodyBytes === 0,
        })
      },
      onBody: (chunk) => {
        messages.at(-1)!.body += chunk.toString('latin1')
      },
      onEnd: (trailers) => {
        messages.at(-1)!.trailers = (trailers ?? []).join('|')
        messages.at(-1)!.complete = true
      },
    },
    maxHeadBytes,
  )
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  let from = 0
  try {
    for (const end of [...ends, bytes.length]) {
      const packet = bytes.subarray(from, end)
      from = end
      for (let at = 0; at < packet.length; ) {
        if (closed && messages.at(-1)!.complete) return { messages, refused: undefined }
        at = reader.step(packet, at)
      }
    }
  } catch (error) {
    return { messages, refused: (error as RequestError).status }
  }
  return { messages, refused: undefined }
}

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

const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'Host: a',
      'X-A: 1',
      'X-B:\t2 ',
      'Content-Length: 3',
      'Transfer-Encoding: chunked',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'content-length: 03',
      'Content-Length: 3,3',
      'Content-Length : 3',
      'Transfer-Encoding: gzip, chunked',
      'Transfer-Encoding:chunked ',
      'X-A',
      ' folded',
      'X-C: a\tb',
      'X-D: \x01',
      'X-E: \xe9',
      'Connection: close',
    ),
  },
)
const end = fc.oneof(
  { weight: 12, arbitrary: fc.constant('\r\n') },
  { weight: 1, arbitrary: fc.constantFrom('\n', '\r', '\r\r\n', '') },
)
/** Targets in ASCII only: `node:http` refuses others; for us, as for Go, they are bytes. */
const startLine = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('GET / HTTP/1.1', 'POST /a?b HTTP/1.1', 'HEAD / HTTP/1.1') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('GET / HTTP/1.0', 'GET  / HTTP/1.1', 'GET /'),
  },
)
const body = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '',
      'abc',
      '3\r\nabc\r\n0\r\n\r\n',
      '1;x=y\r\na\r\n2\r\nbc\r\n0\r\nX-T: 1\r\n\r\n',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '0\r\n',
      '3\r\nabcd\r\n',
      '03\r\nabc\r\n00\r\n\r\n',
      '3 \r\nabc\r\n',
      '3\nabc\n0\n\n',
      '\r\n',
    ),
  },
)
const message = fc
  .tuple(startLine, end, fc.array(fc.tuple(line, end), { maxLength: 4 }), end, body)
  .map(
    ([start, startEnd, lines, blank, rest]) =>
      start + startEnd + lines.map((parts) => parts.join('')).join('') + blank + rest,
  )
const stream = fc
  .array(message, { minLength: 1, maxLength: 3 })
  .map((parts) => Buffer.from(parts.join(''), 'latin1'))

describe('RequestReader', () => {
  test('finds the same however the bytes are cut', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(1000), { maxLength: 30 }), (bytes, cuts) => {
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
      fc.asyncProperty(stream, async (bytes) => {
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
