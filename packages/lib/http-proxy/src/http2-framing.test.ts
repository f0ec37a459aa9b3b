import { once } from 'node:events'
import { createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { http2Frame, http2Frames, http2Start, RawClient, testProxy } from './testing/index.ts'

const endStream = 1
const endHeaders = 4
const resetType = 3
const goAwayType = 7
/** Type and error code of the frame that refuses a request: RST_STREAM with PROTOCOL_ERROR, GOAWAY with INTERNAL_ERROR. */
const streamReset = [resetType, 1]
const connectionClosed = [goAwayType, 2]

/** A header that is not in HPACK's tables, without Huffman coding. */
const header = (name: string, value: string) =>
  `\x00${String.fromCharCode(name.length)}${name}${String.fromCharCode(value.length)}${value}`

/** `:method: POST`, `:scheme: http`, `:path: /`, `:authority: a` and more. */
const head = (...more: string[]) =>
  http2Frame({
    type: 1,
    flags: endHeaders,
    stream: 1,
    payload: `\x83\x86\x84\x41\x01a${more.join('')}`,
  })
const data = (payload: string, flags: number) => http2Frame({ type: 0, flags, stream: 1, payload })

/** A destination that tells how a request's body ended. */
async function listener() {
  let whole = 0
  const server = createServer()
  server.on('stream', (stream) => {
    stream.on('error', () => {})
    stream.resume()
    stream.on('end', () => {
      if (!stream.aborted && stream.rstCode === 0) whole++
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    whole: () => whole,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

describe('an HTTP/2 request that contradicts itself is refused, and does not look whole to the destination', () => {
  test.each([
    [
      'a body shorter than its length',
      head(header('content-length', '5')) + data('abc', endStream),
      streamReset,
    ],
    [
      'a body longer than its length',
      head(header('content-length', '2')) + data('abc', endStream),
      connectionClosed,
    ],
    [
      'two lengths',
      head(header('content-length', '3'), header('content-length', '4')) + data('abc', endStream),
      streamReset,
    ],
    ['a transfer coding', head(header('transfer-encoding', 'chunked')) + data('abc', endStream), streamReset],
    ['a header of the connection', head(header('connection', 'close')) + data('abc', endStream), streamReset],
    ['a name in upper case', head(header('X-Up', '1')) + data('abc', endStream), streamReset],
  ])('%s', async (_name, frames, refusedBy) => {
    await using destination = await listener()
    await using proxy = await testProxy(destination.port)
    using client = new RawClient(proxy.port)
    client.send(http2Start + frames)
    const refusal = () =>
      http2Frames(client.text).find(({ type }) => type === resetType || type === goAwayType)
    while (!refusal()) await once(client.socket, 'data')
    const { type, payload } = refusal()!
    expect([type, payload.charCodeAt(type === resetType ? 3 : 7)]).toEqual(refusedBy)
    for (const { ending } of proxy.exchanges) expect(ending).toBe('client-gone')
    expect(destination.whole()).toBe(0)
  })
})

test.each([
  ['a line feed in its value', header('x-a', '1\n2')],
  ['a NUL in its value', header('x-a', '1\x002')],
  ['a space in its name', header('x a', '1')],
])('an HTTP/2 header with %s is left out', async (_name, bad) => {
  await using destination = await listener()
  await using proxy = await testProxy(destination.port)
  using client = new RawClient(proxy.port)
  client.send(http2Start + head(bad, header('x-b', '3')) + data('abc', endStream))
  while (destination.whole() === 0) await new Promise((resolve) => setImmediate(resolve))
  expect(proxy.exchanges[0]!.headers).toEqual(['x-b', '3'])
})
