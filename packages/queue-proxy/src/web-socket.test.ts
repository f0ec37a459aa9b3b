import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { testQueueProxy, testUserContainer } from './testing/test-queue-proxy.ts'

const closeOpcode = 8
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** A container that sends each short text message back, until it is muted. */
async function echoContainer() {
  let muted = false
  let wake = () => {}
  const container = await testUserContainer((_request, response) => response.writeHead(426).end())
  container.server.on('upgrade', (request, socket: Duplex) => {
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}${guid}`)
      .digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    socket.on('error', () => {})
    socket.on('end', () => socket.end())
    socket.on('data', (frame: Buffer) => {
      wake()
      if (muted) return
      if ((frame[0]! & 0x0f) === closeOpcode) socket.end(unmasked(frame))
      else socket.write(unmasked(frame))
    })
  })
  return Object.assign(container, {
    mute() {
      muted = true
    },
    /** Resolves when the next message has come. */
    heard: () =>
      new Promise<void>((resolve) => {
        wake = resolve
      }),
  })
}

/** The one frame of `bytes`, as a server sends it. */
function unmasked(bytes: Buffer): Buffer {
  const length = bytes[1]! & 0x7f
  const mask = bytes.subarray(2, 6)
  const payload = bytes.subarray(6, 6 + length).map((byte, i) => byte ^ mask[i % 4]!)
  return Buffer.concat([Buffer.from([bytes[0]!, length]), payload])
}

describe('WebSocket', () => {
  test('messages go both ways and a close is clean', async () => {
    await using container = await echoContainer()
    await using world = await testQueueProxy({
      userPort: container.port,
      variables: { CONTAINER_CONCURRENCY: '1' },
    })
    const socket = new WebSocket(world.url.replace('http', 'ws'))
    await once(socket, 'open')
    for (const word of ['hello', 'again']) {
      socket.send(word)
      const [event] = (await once(socket, 'message')) as [MessageEvent]
      expect(event.data).toBe(word)
    }
    expect(world.queueProxy.queueDepth!()).toBe(1)
    socket.close(1000)
    const [event] = (await once(socket, 'close')) as [CloseEvent]
    expect(event.code).toBe(1000)
    while (world.queueProxy.queueDepth!() > 0) await new Promise((resolve) => setImmediate(resolve))
  })

  test('REVISION_RESPONSE_START_TIMEOUT_SECONDS breaks a connection whose first message is not answered', async () => {
    const clock = new ManualClock()
    await using container = await echoContainer()
    const variables = { REVISION_RESPONSE_START_TIMEOUT_SECONDS: '10' }
    await using world = await testQueueProxy({ userPort: container.port, clock, variables })
    const open = async () => {
      const socket = new WebSocket(world.url.replace('http', 'ws'))
      await once(socket, 'open')
      return socket
    }
    const [answered, unanswered] = [await open(), await open()]
    await clock.advance(60_000)
    answered.send('hi')
    await once(answered, 'message')
    container.mute()
    const heard = container.heard()
    unanswered.send('hi')
    const closed = once(unanswered, 'close')
    await heard
    answered.send('once more')
    await clock.advance(9_999)
    expect(unanswered.readyState).toBe(WebSocket.OPEN)
    await clock.advance(1)
    expect(((await closed) as [CloseEvent])[0].code).toBe(1006)
    await clock.advance(60_000)
    expect(answered.readyState).toBe(WebSocket.OPEN)
  })

  test.each([
    ['REVISION_TIMEOUT_SECONDS', 'messages or not'],
    ['REVISION_IDLE_TIMEOUT_SECONDS', 'without messages'],
  ])('%s breaks a connection %s', async (name, how) => {
    const clock = new ManualClock()
    await using container = await echoContainer()
    await using world = await testQueueProxy({ userPort: container.port, clock, variables: { [name]: '10' } })
    const socket = new WebSocket(world.url.replace('http', 'ws'))
    await once(socket, 'open')
    const closed = once(socket, 'close')
    await clock.advance(8_000)
    socket.send('hi')
    await once(socket, 'message')
    await clock.advance(how === 'without messages' ? 9_999 : 1_999)
    expect(socket.readyState).toBe(WebSocket.OPEN)
    await clock.advance(1)
    expect(((await closed) as [CloseEvent])[0].code).toBe(1006)
  })

  test('that is left over when we exit is told 1001 first', async () => {
    const clock = new ManualClock()
    await using container = await echoContainer()
    await using world = await testQueueProxy({ userPort: container.port, clock })
    const socket = new WebSocket(world.url.replace('http', 'ws'))
    await once(socket, 'open')
    const closed = once(socket, 'close')
    const exit = world.queueProxy.shutDown()
    await clock.advance(30_000)
    socket.send('still served')
    await once(socket, 'message')
    await clock.advance(59_999)
    expect(socket.readyState).toBe(WebSocket.OPEN)
    await clock.advance(1)
    const [event] = (await closed) as [CloseEvent]
    expect([event.code, event.wasClean]).toEqual([1001, true])
    await exit
  })

  test('whose container goes without a close frame meanwhile is told 1001', async () => {
    const clock = new ManualClock()
    await using container = await echoContainer()
    const sockets: Duplex[] = []
    container.server.on('upgrade', (_request, socket: Duplex) => sockets.push(socket))
    await using world = await testQueueProxy({ userPort: container.port, clock })
    const socket = new WebSocket(world.url.replace('http', 'ws'))
    await once(socket, 'open')
    const closed = once(socket, 'close')
    const exit = world.queueProxy.shutDown()
    await clock.advance(30_000)
    sockets[0]!.destroy()
    expect(((await closed) as [CloseEvent])[0].code).toBe(1001)
    await exit
  })
})
