import { once } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { answerError } from './answers.ts'
import type { Exchange } from './exchange.ts'
import { limitTime } from './request-timeouts.ts'
import {
  http2Frame,
  http2Frames,
  http2Start,
  RawClient,
  rawServer,
  testProxy,
  testServer,
} from './testing/index.ts'

const endStream = 1
const endHeaders = 4
const headersType = 1
const resetType = 3
const noError = '\0\0\0\0'

/** A header that is not in HPACK's tables, without Huffman coding. */
const header = (name: string, value: string) =>
  `\x00${String.fromCharCode(name.length)}${name}${String.fromCharCode(value.length)}${value}`
const frame = (type: number, flags: number, stream: number, payload: string) =>
  http2Frame({ type, flags, stream, payload })
const head = (stream: number, payload: string, flags = 0) =>
  frame(headersType, endHeaders | flags, stream, payload)
const data = (stream: number, payload: string, flags = 0) => frame(0, flags, stream, payload)
const reset = (stream: number) => frame(resetType, 0, stream, noError)
/** HPACK: POST, or GET, of / by http at `a`. */
const post = '\x83\x86\x84\x41\x01a'
const get = '\x82\x86\x84\x41\x01a'
/** HPACK: `:status: 200`. */
const ok = '\x88'

/** A client that has begun to speak HTTP/2. */
async function clientOf(port: number) {
  const client = new RawClient(port)
  client.send(http2Start + frame(4, 1, 0, ''))
  let pings = 0
  const heard = async () => {
    const name = `ping${String(pings++).padStart(4, '0')}`
    client.send(frame(6, 0, 0, name))
    await client.until(name)
  }
  await heard()
  return {
    send: (text: string) => client.send(text),
    /** Waits until the server has heard all that was sent so far. */
    heard,
    /** The frames of a stream but for window updates, once `type` is among them. */
    async frames(stream: number, type: number) {
      for (;;) {
        const found = http2Frames(client.text).filter((each) => each.stream === stream && each.type !== 8)
        if (found.some((each) => each.type === type)) return found
        await once(client.socket, 'data')
      }
    },
    [Symbol.dispose]: () => client[Symbol.dispose](),
  }
}

/** A destination that answers each request, known by its stream, with the frames of `answer`; an odd `POST` first if it likes. */
function destination(answer: (stream: number) => string) {
  return rawServer((socket) => {
    let text = ''
    let at = 24
    socket.write(frame(4, 0, 0, ''), 'latin1')
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk
      for (const { type, flags, stream, payload } of http2Frames(text.slice(at))) {
        at += 9 + payload.length
        if (type === 4 && flags === 0) socket.write(frame(4, 1, 0, ''), 'latin1')
        if (type === headersType && (flags & endStream) === 0 && stream > 1) continue
        if (type === headersType) socket.write(answer(stream), 'latin1')
      }
    })
  })
}

/** Proves that proxy, destination and connection all still work. */
async function expectAlive(client: Awaited<ReturnType<typeof clientOf>>): Promise<void> {
  client.send(head(99, get, endStream))
  const [first] = await client.frames(99, headersType)
  expect(first).toMatchObject({ type: headersType })
}

const whole = (stream: number) => head(stream, ok) + data(stream, 'x', endStream)

describe('trailers that Node does not send harm nobody', () => {
  const odd = [
    ['a field twice that is single', header('etag', 'a') + header('etag', 'b')],
    ['a content type twice', header('content-type', 'a') + header('content-type', 'b')],
    ['one of the connection', header('http2-settings', 'a')],
  ] as const

  test.each(odd)('%s, of a request', async (_, trailers) => {
    await using upstream = await destination(whole)
    await using proxy = await testProxy(upstream.port)
    using client = await clientOf(proxy.port)
    client.send(head(1, post) + data(1, 'hello') + head(1, trailers, endStream))
    await client.frames(1, headersType)
    await expectAlive(client)
  })

  test.each(odd)('%s, of a response', async (_, trailers) => {
    await using upstream = await destination((stream) =>
      stream === 1 ? head(1, ok) + data(1, 'x') + head(1, trailers, endStream) : whole(stream),
    )
    await using proxy = await testProxy(upstream.port)
    using client = await clientOf(proxy.port)
    client.send(head(1, get + header('te', 'trailers'), endStream))
    await client.frames(1, headersType)
    await proxy.outcome()
    await expectAlive(client)
  })
})

test.each([
  ['a header of the connection', ok + header('http2-settings', 'x')],
  ['two content types', ok + header('content-type', 'x') + header('content-type', 'y')],
  ['a status beyond all', header(':status', '999')],
])('a response head with %s harms nobody, although trailers may follow', async (_, fields) => {
  await using upstream = await destination((stream) =>
    stream === 1 ? head(1, fields) + data(1, 'x', endStream) : whole(stream),
  )
  await using proxy = await testProxy(upstream.port)
  using client = await clientOf(proxy.port)
  client.send(head(1, get + header('te', 'trailers'), endStream))
  await client.frames(1, headersType)
  await expectAlive(client)
})

describe('a client that takes its request back without an error', () => {
  /** Serves each request by `handler`, but the last one at once. */
  function server(handler: (exchange: Exchange) => void) {
    return testServer({
      handler: (exchange) => (exchange.method === 'GET' ? exchange.answer(200, []) : handler(exchange)),
    })
  }

  test.each(['', 'hello'])('after an early answer, having sent %j of its body', async (part) => {
    await using serving = await server((exchange) => answerError(exchange, 404, 'no'))
    using client = await clientOf(serving.port)
    client.send(head(1, `${post}\x0f\x0d\x0210`))
    await client.frames(1, headersType)
    client.send((part ? data(1, part) : '') + reset(1))
    await client.heard()
    await expectAlive(client)
  })

  test('while its body is held back has left at once', async () => {
    const clock = new ManualClock()
    const exchanges: Exchange[] = []
    await using serving = await server((exchange) => {
      exchanges.push(exchange)
      limitTime(exchange, { requestMs: 500, responseStartMs: 0, idleMs: 0, text: 'late' }, clock)
      exchange.readBody({ bodyChunk: () => false, bodyEnd: () => {} })
    })
    using client = await clientOf(serving.port)
    client.send(head(1, post) + data(1, 'x'.repeat(16_000)).repeat(4))
    await client.heard()
    client.send(reset(1))
    await client.heard()
    expect(exchanges[0]!.ending).toBe('client-gone')
    answerError(exchanges[0]!, 502, 'too late')
    exchanges[0]!.inform(103, [])
    await clock.advance(500)
    expect(clock.pendingTimers).toBe(0)
    await expectAlive(client)
  })
})

test('a response shorter than its length is broken off, however gently its stream ends', async () => {
  const short = head(1, `${ok}\x0f\x0d\x0210`) + data(1, 'half') + reset(1)
  await using upstream = await destination((stream) => (stream === 1 ? short : whole(stream)))
  await using proxy = await testProxy(upstream.port)
  using client = await clientOf(proxy.port)
  client.send(head(1, get, endStream))
  const found = await client.frames(1, resetType)
  expect(found.every(({ type, flags }) => type === resetType || (flags & endStream) === 0)).toBe(true)
  expect(await proxy.outcome()).toMatchObject({ kind: 'broken', error: { message: 'unexpected EOF' } })
  await expectAlive(client)
})

test('of informational responses without end only so many are passed on', async () => {
  const hint = (stream: number) => head(stream, header(':status', '103') + header('link', 'x'.repeat(100)))
  await using upstream = await destination((stream) =>
    stream === 1 ? hint(1).repeat(5_000) + whole(1) : whole(stream),
  )
  await using proxy = await testProxy(upstream.port)
  using client = await clientOf(proxy.port)
  client.send(head(1, get, endStream))
  await client.frames(1, 0)
  const heads = (await client.frames(1, headersType)).filter(({ type }) => type === headersType)
  expect(heads.length).toBeGreaterThan(100)
  expect(heads.length).toBeLessThan(1_000)
})
