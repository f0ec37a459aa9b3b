import { connect } from 'node:net'
import { connect as connectTls, type TlsOptions } from 'node:tls'
import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import type { Ending, Exchange } from './exchange.ts'
import { RawClient, testCertificate, testServer } from './testing/index.ts'

/** A server whose exchanges nobody takes a body of. */
async function waitingRoom(tls?: TlsOptions) {
  const clock = new ManualClock()
  const exchanges: Exchange[] = []
  const endings: Ending[] = []
  let wake: (() => void) | undefined
  const server = await testServer({
    clock,
    ...(tls && { tls }),
    handler: (exchange) => {
      exchanges.push(exchange)
      exchange.onEnd((ending) => {
        endings.push(ending)
        wake?.()
      })
      wake?.()
    },
  })
  const until = async (done: () => boolean) => {
    while (!done()) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return {
    ...server,
    clock,
    exchanges,
    endings,
    arrived: (count: number) => until(() => exchanges.length >= count),
    ended: (count: number) => until(() => endings.length >= count),
    /** Lets the clock run until `count` exchanges have ended. */
    async endedInTime(count: number): Promise<number> {
      let passedMs = 0
      while (endings.length < count) {
        await clock.advance(100)
        passedMs += 100
        for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
      }
      return passedMs
    },
  }
}

/** Sends a request with as much of its body as the other side takes, and says how much that was. */
async function sendUntilStopped(client: RawClient, headers: string): Promise<number> {
  client.send(`POST / HTTP/1.1\r\nHost: a\r\n${headers}\r\n`)
  const piece = Buffer.alloc(64 << 10, '1')
  let sent = 0
  for (let still = 0; still < 200; still++) {
    while (client.socket.writableLength === 0) {
      client.socket.write(piece)
      sent += piece.length
      still = 0
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  return sent - client.socket.writableLength
}

const leave: readonly [string, (client: RawClient) => void][] = [
  ['closes', (client) => client.socket.destroy()],
  ['breaks off', (client) => client.socket.resetAndDestroy()],
]

describe('a client that leaves while its request waits', () => {
  test.each(leave)('and %s has gone at once, with half a megabyte of body unread', async (_name, go) => {
    await using room = await waitingRoom()
    using client = new RawClient(room.port)
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n${'1'.repeat(512 << 10)}`)
    await room.arrived(1)
    await new Promise<void>((resolve) => client.socket.write('1', () => resolve()))
    go(client)
    await room.ended(1)
    expect(room.endings).toEqual(['client-gone'])
  })

  test('and breaks off is missed for a second at most, however much it has sent', async () => {
    await using room = await waitingRoom()
    using client = new RawClient(room.port)
    const sent = await sendUntilStopped(client, `Content-Length: ${1 << 30}\r\n`)
    expect(sent).toBeGreaterThan(1 << 20)
    client.socket.resetAndDestroy()
    expect(await room.endedInTime(1)).toBeLessThanOrEqual(1100)
    expect(room.endings).toEqual(['client-gone'])
  })

  test('and breaks off under TLS is missed no longer', async () => {
    await using room = await waitingRoom(testCertificate)
    const beneath = connect(room.port, '127.0.0.1').on('error', () => {})
    const client = connectTls({ socket: beneath, rejectUnauthorized: false }).on('error', () => {})
    client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${8 << 20}\r\n\r\n`)
    client.write(Buffer.alloc(8 << 20))
    await room.arrived(1)
    for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve))
    beneath.resetAndDestroy()
    expect(await room.endedInTime(1)).toBeLessThanOrEqual(1100)
    expect(room.endings).toEqual(['client-gone'])
  })

  test('is missed no longer when its body is held back by a slow destination', async () => {
    await using room = await waitingRoom()
    using client = new RawClient(room.port)
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc')
    await room.arrived(1)
    room.exchanges[0]!.readBody({ bodyChunk: () => false, bodyEnd: () => {} })
    client.socket.resetAndDestroy()
    await room.endedInTime(1)
    expect(room.endings).toEqual(['client-gone'])
  })
})

describe('a request that waits', () => {
  test('holds its client back', async () => {
    await using room = await waitingRoom()
    using client = new RawClient(room.port)
    await sendUntilStopped(client, `Content-Length: ${1 << 30}\r\n`)
    let held = 0
    room.exchanges[0]!.readBody({
      bodyChunk: (chunk) => {
        held += chunk.length
        return false
      },
      bodyEnd: () => {},
    })
    expect(held).toBeGreaterThan(1 << 20)
    expect(held).toBeLessThan(2 << 20)
  })

  test('keeps what came in many pieces, and what comes after they were taken', async () => {
    await using room = await waitingRoom()
    using client = new RawClient(room.port)
    const body = Array.from({ length: 3000 }, (_, i) => `line ${i};`.padEnd(100, '.'))
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length * 100}\r\n\r\n`)
    await room.arrived(1)
    for (const line of body.slice(0, 2000)) {
      await new Promise<void>((resolve) => client.socket.write(line, () => resolve()))
    }
    let taken = ''
    const complete = Promise.withResolvers<void>()
    room.exchanges[0]!.readBody({
      bodyChunk: (chunk) => {
        taken += chunk.toString('latin1')
        return true
      },
      bodyEnd: () => complete.resolve(),
    })
    client.send(body.slice(2000).join(''))
    await complete.promise
    expect(taken).toBe(body.join(''))
  })

  test('shares what waits beyond the first 64 KiB with all others', async () => {
    await using room = await waitingRoom()
    const clients = Array.from({ length: 24 }, () => new RawClient(room.port))
    await Promise.all(clients.map((client) => sendUntilStopped(client, `Content-Length: ${1 << 30}\r\n`)))
    let held = 0
    for (const exchange of room.exchanges) {
      exchange.readBody({
        bodyChunk: (chunk) => {
          held += chunk.length
          return false
        },
        bodyEnd: () => {},
      })
    }
    for (const client of clients) client[Symbol.dispose]()
    expect(held).toBeLessThan((16 << 20) + clients.length * (512 << 10))
  })
})
