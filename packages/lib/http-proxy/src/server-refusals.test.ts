import { once } from 'node:events'
import { connect } from 'node:http2'
import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import type { ProxyServerOptions } from './proxy-server.ts'
import { RawClient, testServer } from './testing/index.ts'

async function serving(options: Partial<ProxyServerOptions> = {}) {
  const targets: string[] = []
  const server = await testServer({
    handler: (exchange) => {
      targets.push(exchange.target)
      exchange.answer(200, [])
    },
    ...options,
  })
  return { ...server, targets }
}

/** All of the answer to a request that can't be read. */
function refusal(status: string, reason: string): string {
  const body = `${status}: ${reason}`
  return `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

const longestHead = 1 << 20
const shortHead = 'GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n'
const headOf = (bytes: number) => shortHead.replace('X: ', `X: ${'x'.repeat(bytes - shortHead.length)}`)

describe('a request that cannot be read is answered in the words of', () => {
  test.each([
    ['400', 'GET / HTTP/1.1\r\n\r\n', '400 Bad Request', 'missing required Host header'],
    ['405', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', '405 Method Not Allowed', 'CONNECT is not supported'],
    [
      '431',
      headOf(longestHead + 1),
      '431 Request Header Fields Too Large',
      'request header fields too large',
    ],
  ])('%s', async (_status, request, status, reason) => {
    await using world = await serving()
    using client = new RawClient(world.port)
    client.send(request)
    expect(await client.untilEnd()).toBe(refusal(status, reason))
    expect(world.targets).toEqual([])
  })

  test('408, after the 60 s that a head has by default', async () => {
    const clock = new ManualClock()
    await using world = await serving({ clock })
    using client = new RawClient(world.port)
    client.send('GET / HTTP/1.1\r\nHost')
    while (clock.pendingTimers === 0) await new Promise((resolve) => setImmediate(resolve))
    await clock.advance(59_999)
    expect(client.text).toBe('')
    await clock.advance(1)
    expect(await client.untilEnd()).toBe(refusal('408 Request Timeout', 'request head not complete in time'))
  })
})

describe('a head may have by default', () => {
  test('1 MiB over HTTP/1.1', async () => {
    await using world = await serving()
    using client = new RawClient(world.port)
    client.send(headOf(longestHead))
    expect(await client.until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  })

  test('128 KiB over HTTP/2', async () => {
    await using world = await serving()
    const session = connect(`http://127.0.0.1:${world.port}`, { maxSendHeaderBlockLength: longestHead })
    const half = '~'.repeat((64 << 10) - 100)
    const stream = session.request({ ':path': '/', 'x-1': half, 'x-2': half })
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
    expect(headers[':status']).toBe(200)
    session.destroy()
  })
})
