import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { UpstreamError } from './errors.ts'
import { type ResponseEvents, ResponseReader } from './response-reader.ts'

/** Reads `bytes`, cut into packets at `cuts`, as answers to `methods`; writes down what is found. */
function read(bytes: Buffer, cuts: readonly number[], methods: readonly string[] = ['GET']): string[] {
  const log: string[] = []
  let body = ''
  let answers = 0
  const flush = () => {
    if (body !== '') log.push(`body ${JSON.stringify(body)}`)
    body = ''
  }
  const next = () => {
    answers++
    if (answers < methods.length) reader.expect(methods[answers]!)
  }
  const events: ResponseEvents = {
    onInform: (status, headers) => log.push(`inform ${status} ${headers.join(',')}`),
    onHead: (status, reason, headers, complete) => {
      log.push(`head ${status} ${reason} ${headers.join(',')}`)
      if (complete) next()
    },
    onBody: (chunk) => {
      body += chunk.toString('latin1')
    },
    onEnd: (trailers) => {
      flush()
      log.push(`end ${trailers?.join(',') ?? ''} ${reader.keepAlive}`)
      next()
    },
    onSwitch: (headers, rest) => log.push(`switch ${headers.join(',')} ${rest.toString('latin1')}`),
  }
  const reader = new ResponseReader(events)
  reader.expect(methods[0]!)
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  let from = 0
  for (const end of [...ends, bytes.length]) {
    if (end > from) reader.execute(bytes.subarray(from, end))
    from = end
  }
  const whole = reader.finish()
  flush()
  log.push(whole ? 'whole' : 'cut short')
  return log
}

const samples: readonly [string, string, readonly string[], readonly string[]][] = [
  [
    'a length',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nA: b \r\n\r\nhello',
    ['GET'],
    ['head 200 OK Content-Length,5,A,b', 'body "hello"', 'end  true', 'whole'],
  ],
  [
    'chunks with extension and trailers',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\nT: 1\r\n\r\n',
    ['GET'],
    ['head 200 OK Transfer-Encoding,chunked', 'body "hello0123456789"', 'end T,1 true', 'whole'],
  ],
  [
    'informational answers first, and a second answer after',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 \r\nLink: x\r\n\r\nHTTP/1.1 204 No\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx',
    ['GET', 'GET'],
    [
      'inform 100 ',
      'inform 103 Link,x',
      'head 204 No ',
      'head 200 OK Content-Length,1,Connection,close',
      'body "x"',
      'end  false',
      'whole',
    ],
  ],
  [
    'until close',
    'HTTP/1.0 200 OK\r\n\r\nold',
    ['GET'],
    ['head 200 OK ', 'body "old"', 'end  false', 'whole'],
  ],
  [
    'HEAD',
    'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n',
    ['HEAD'],
    ['head 200 OK Content-Length,9', 'whole'],
  ],
  [
    'bare line feeds',
    'HTTP/1.1 200 OK\nA: b\nContent-Length: 2\n\nhi',
    ['GET'],
    ['head 200 OK A,b,Content-Length,2', 'body "hi"', 'end  true', 'whole'],
  ],
  [
    'a folded line',
    'HTTP/1.1 200 OK\r\nA: b\r\n  c\r\nContent-Length: 0\r\n\r\n',
    ['GET'],
    ['head 200 OK A,b c,Content-Length,0', 'whole'],
  ],
  [
    'equal lengths',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx',
    ['GET'],
    ['head 200 OK Content-Length,1', 'body "x"', 'end  true', 'whole'],
  ],
  [
    'a body cut short',
    'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc',
    ['GET'],
    ['head 200 OK Content-Length,9', 'body "abc"', 'cut short'],
  ],
  [
    'chunks prevail over a length',
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n',
    ['GET'],
    ['head 200 OK Transfer-Encoding,chunked', 'body "a"', 'end  true', 'whole'],
  ],
  [
    'chunks cut short',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
    ['GET'],
    ['head 200 OK Transfer-Encoding,chunked', 'body "abc"', 'cut short'],
  ],
]

describe('ResponseReader', () => {
  test.each(samples)('%s', (_name, text, methods, expected) => {
    expect(read(Buffer.from(text, 'latin1'), [], methods)).toEqual(expected)
  })

  test.each(samples)('%s, in packets of any size', (_name, text, methods, expected) => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { maxLength: 30 }), (cuts) => {
        expect(read(Buffer.from(text, 'latin1'), cuts, methods)).toEqual(expected)
      }),
    )
  })

  test('switching protocols hands the rest over', () => {
    const text = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nraw\r\n'
    expect(read(Buffer.from(text), [])).toEqual(['switch Upgrade,x raw\r\n', 'whole'])
  })

  test.each([
    ['no HTTP', 'nonsense\r\n\r\n'],
    ['HTTP/2', 'HTTP/2 200 OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\nA : b\r\n\r\n'],
    ['a control character', 'HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n'],
    ['a lone CR in a value', 'HTTP/1.1 200 OK\r\nA: b\rC: d\r\n\r\n'],
    ['lengths that differ', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    ['a list of lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n'],
    ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['an unknown coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n'],
    ['a chunk size that is none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['a chunk longer than it says', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n'],
    ['an answer nobody asked for', 'HTTP/1.1 204 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'],
  ])('refuses %s', (_name, text) => {
    expect(() => read(Buffer.from(text, 'latin1'), [])).toThrow(
      expect.objectContaining({ code: 'UPSTREAM_MALFORMED' }),
    )
  })

  test('never fails in another way, whatever comes', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'HTTP/1.1 200 OK\r\n',
        'Content-Length: 3\r\n',
        'Transfer-Encoding: chunked\r\n',
        '\r\n',
        '3\r\nabc\r\n',
        '0\r\n',
        ': ',
      ),
      fc.string({ maxLength: 8 }),
    )
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.array(fc.nat(200), { maxLength: 8 }),
        (pieces, cuts) => {
          try {
            read(Buffer.from(pieces.join('')), cuts)
          } catch (error) {
            expect((error as UpstreamError).code).toBe('UPSTREAM_MALFORMED')
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
