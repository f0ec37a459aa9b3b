import { once } from 'node:events'
import { connect } from 'node:http2'
import { describe, expect, test } from '@jest/globals'
import type { Clock } from '@knative-ts/clock'
import { ManualClock } from '@knative-ts/clock/testing'
import type { Exchange } from './exchange.ts'
import { http2Frame, http2Frames, http2Start, RawClient, testServer } from './testing/index.ts'

const headers = 1
const data = 0
const reset = 3
const endStream = 1

/** HPACK: POST / http a. */
const post = '\x83\x86\x84\x41\x01a'
/** HPACK: literals, some with indexed names. */
const length10 = '\x0f\x0d\x0210'
const length1M = '\x0f\x0d\x071000000'
const expectContinue = '\x0f\x14\x0c100-continue'

/** A client in the middle of a POST with these headers, and a server that answers at once. */
async function early(head: string, answer: (exchange: Exchange) => void, clock?: Clock) {
  const server = await testServer({ handler: answer, ...(clock ? { clock } : {}) })
  const client = new RawClient(server.port)
  client.send(http2Start)
  let pings = 0
  /** Waits until the server has heard all that was sent so far. */
  const heard = async () => {
    const name = `ping${String(pings++).padStart(4, '0')}`
    client.send(http2Frame({ type: 6, flags: 0, stream: 0, payload: name }))
    await client.until(name)
  }
  await heard()
  const settingsTaken = http2Frame({ type: 4, flags: 1, stream: 0, payload: '' })
  client.send(settingsTaken + http2Frame({ type: headers, flags: 4, stream: 1, payload: post + head }))
  return {
    send: (payload: string, last = false) =>
      client.send(http2Frame({ type: data, flags: last ? endStream : 0, stream: 1, payload })),
    /** What the server has sent on the stream by now, or at least until `enough`: `type`, or `type end`. */
    async seen(enough: readonly string[] = []): Promise<string[]> {
      for (;;) {
        await heard()
        const found = http2Frames(client.text)
          .filter(({ stream, type }) => stream === 1 && type !== 8)
          .map(({ type, flags, payload }) =>
            type === reset ? `reset ${payload.charCodeAt(3)}` : `${type}${flags & endStream ? ' end' : ''}`,
          )
        if (found.length >= enough.length) return found
      }
    },
    async [Symbol.asyncDispose]() {
      client[Symbol.dispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

const answers: [string, (exchange: Exchange) => void, string[]][] = [
  ['with a body', (exchange) => exchange.answer(200, [], 'early'), ['1', '0']],
  ['without a body', (exchange) => exchange.answer(200, []), ['1']],
  [
    'streamed',
    (exchange) => {
      exchange.start(200, '', [], false)
      exchange.write(Buffer.from('a'))
      exchange.end(['x-sum', '1'])
    },
    ['1', '0'],
  ],
]

describe('an HTTP/2 answer before the end of the request', () => {
  test.each(answers)('%s ends after a body of known length', async (_name, answer, start) => {
    await using call = await early(length10, answer)
    expect(await call.seen(start)).toEqual(start)
    call.send('01234')
    expect(await call.seen()).toEqual(start)
    call.send('56789', true)
    const whole = await call.seen([...start, ''])
    expect(whole.slice(0, start.length)).toEqual(start)
    expect(whole.slice(start.length)).toEqual([expect.stringMatching(/^[01] end$/)])
  })

  test.each(answers)('%s does not wait for a body that is too long', async (_name, answer, start) => {
    await using call = await early(length1M, answer, new ManualClock())
    for (let i = 0; i < 16; i++) call.send('x'.repeat(16_000))
    expect(await call.seen(start)).toEqual(start)
    for (let i = 0; i < 3; i++) call.send('x'.repeat(3_072))
    const end = [expect.stringMatching(/^[01] end$/), 'reset 0']
    expect(await call.seen([...start, '', ''])).toEqual([...start, ...end])
  })

  test.each(answers)('%s waits no longer than two seconds', async (_name, answer, start) => {
    const clock = new ManualClock()
    await using call = await early(length10, answer, clock)
    expect(await call.seen(start)).toEqual(start)
    await clock.advance(1_999)
    expect(await call.seen()).toEqual(start)
    await clock.advance(1)
    const end = [expect.stringMatching(/^[01] end$/), 'reset 0']
    expect(await call.seen([...start, '', ''])).toEqual([...start, ...end])
  })

  test.each([
    ['of unknown length', ''],
    ['that the client holds back', length10 + expectContinue],
  ])('ends at once when the request has a body %s', async (_name, head) => {
    await using call = await early(head, (exchange) => exchange.answer(503, [], 'full'))
    expect(await call.seen(['', '', '', ''])).toEqual(['1', '0', '0 end', 'reset 0'])
  })

  test.each([204, 304])('ends at once with status %i', async (status) => {
    await using call = await early(length10, (exchange) => exchange.start(status, '', [], true))
    expect(await call.seen(['', ''])).toEqual(['1 end', 'reset 0'])
  })

  test('counts as done for us when all of it but the end is out', async () => {
    const endings: string[] = []
    await using call = await early(length10, (exchange) => {
      exchange.onEnd((ending) => endings.push(ending))
      exchange.answer(200, [], 'early')
    })
    await call.seen(['1', '0'])
    expect(endings).toEqual(['answered'])
  })
})

describe('a body that has come whole', () => {
  test('does not keep the connection open although nobody reads the rest of it', async () => {
    const paused = Promise.withResolvers<Exchange>()
    await using world = await testServer({
      handler: (exchange) =>
        exchange.readBody({
          bodyChunk: () => {
            paused.resolve(exchange)
            return false
          },
          bodyEnd: () => {},
        }),
    })
    const session = connect(`http://127.0.0.1:${world.port}`)
    const stream = session.request({ ':method': 'POST' }).resume()
    stream.write(Buffer.alloc(10_000))
    const exchange = await paused.promise
    stream.end(Buffer.alloc(10_000))
    await new Promise<void>((resolve) => session.ping(() => resolve()))
    exchange.answer(502, [], 'why')
    await once(stream, 'close')
    session.close()
    // Waits for the connection to end.
    await world.server.close()
    expect(exchange.ending).toBe('answered')
  })
})
