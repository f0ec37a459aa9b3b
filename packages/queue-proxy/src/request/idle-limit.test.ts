import { connect } from 'node:http2'
import { expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import type { Exchange } from '@knative-ts/http-proxy'
import { RawClient } from '@knative-ts/http-proxy/testing'
import { bothProtocols } from '../testing/both-protocols.ts'

interface Client extends Disposable {
  /** Sends a request without a body and takes its answer, after which the container's connection is there to be used again. */
  get(): Promise<void>
  /** Begins a request of nine bytes, which are then to be sent. */
  post(): (piece: string) => void
  readonly answer: () => Promise<string>
}

function http1Client(port: number): Client {
  const client = new RawClient(port)
  return {
    async get() {
      client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
      await client.until('\r\n\r\n')
    },
    post() {
      client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n')
      return (piece) => client.send(piece)
    },
    answer: () => client.until('request timeout'),
    [Symbol.dispose]: () => client[Symbol.dispose](),
  }
}

function http2Client(port: number): Client {
  const session = connect(`http://127.0.0.1:${port}`)
  const text = Promise.withResolvers<string>()
  return {
    async get() {
      const stream = session.request({ ':path': '/' }).resume()
      await new Promise((resolve) => stream.on('end', resolve))
    },
    post() {
      const stream = session.request({ ':path': '/', ':method': 'POST', 'content-length': 9 })
      stream.setEncoding('utf8').on('data', text.resolve)
      return (piece) => stream.write(piece)
    },
    answer: () => text.promise,
    [Symbol.dispose]: () => session.destroy(),
  }
}

test.each([
  ['HTTP/1.1', http1Client],
  ['HTTP/2', http2Client],
])('each piece of an upload counts, on a connection that was there before, by %s', async (_, connectTo) => {
  const clock = new ManualClock()
  let taken = ''
  const serve = (exchange: Exchange) => {
    if (exchange.method === 'GET') {
      exchange.answer(200, [])
      return
    }
    exchange.readBody({
      bodyChunk(chunk) {
        taken += chunk
        return true
      },
      bodyEnd() {},
    })
  }
  await using world = await bothProtocols(serve, {
    clock,
    variables: { REVISION_IDLE_TIMEOUT_SECONDS: '1' },
  })
  using client = connectTo(world.queueProxy.servingPort)
  await client.get()
  const send = client.post()
  for (const soFar of ['abc', 'abcdef']) {
    send(soFar.slice(-3))
    while (taken !== soFar) await clock.settle()
    await clock.advance(999)
  }
  await clock.advance(1)
  expect(await client.answer()).toContain('request timeout')
  expect(taken).toBe('abcdef')
})
