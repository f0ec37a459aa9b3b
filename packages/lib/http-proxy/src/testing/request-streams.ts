import fc from 'fast-check'
import type { RequestError } from '../errors.ts'
import { RequestReader } from '../request-reader.ts'

/** A request as somebody read it. */
export interface Message {
  readonly head: string
  body: string
  trailers: string
  complete: boolean
}

/** What somebody made of the bytes of a connection. */
export interface Verdict {
  readonly messages: readonly Message[]
  /** Status that refuses what comes after them. */
  readonly refused: number | undefined
}

/** What our reader makes of `bytes`, cut into packets at `cuts`, up to the request after which the connection closes. */
export function ours(bytes: Buffer, cuts: readonly number[] = [], maxHeadBytes = 1 << 16): Verdict {
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
/** Bytes of a connection: well-formed requests, and some that are slightly not. */
export const requestStreams = fc
  .array(message, { minLength: 1, maxLength: 3 })
  .map((parts) => Buffer.from(parts.join(''), 'latin1'))
