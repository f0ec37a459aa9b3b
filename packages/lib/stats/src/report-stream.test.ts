import { createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { frame } from './grpc-frames.ts'
import { ReportStream } from './report-stream.ts'

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup()
})

async function portOf(server: Pick<Server, 'listen' | 'address' | 'close'>): Promise<number> {
  cleanups.push(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** The port of an HTTP/2 server with these listeners. */
function http2Port(
  onStream: (stream: ServerHttp2Stream) => void,
  onPing: () => void = () => {},
): Promise<number> {
  const server = createHttp2Server()
  server.on('session', (session) => {
    session.on('ping', onPing)
    cleanups.push(() => session.destroy())
  })
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => {})
    onStream(stream)
  })
  return portOf(server)
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

/** An autoscaler that answers each message with an empty one, and counts pings. */
async function startEcho() {
  const echo = { port: 0, pings: 0 }
  echo.port = await http2Port(
    (stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
      stream.on('data', () => stream.write(frame(new Uint8Array())))
    },
    () => echo.pings++,
  )
  return echo
}

/** A network path to `port`, if there is one, that can be made to pass nothing on, without a word. */
async function startPath(port?: number) {
  const sockets = new Set<Socket>()
  let paused = false
  const path = {
    port: 0,
    /** Connections that are open. */
    open: 0,
    pause: () => {
      paused = true
      for (const socket of sockets) socket.pause()
    },
    resume: () => {
      paused = false
      for (const socket of sockets) socket.resume()
    },
  }
  const adopt = (socket: Socket, other?: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (chunk) => other?.write(chunk))
    if (paused) socket.pause()
    socket.on('close', () => other?.destroy())
    cleanups.push(() => socket.destroy())
  }
  const server = createServer((socket) => {
    path.open++
    socket.on('close', () => path.open--)
    const onward = port === undefined ? undefined : connect(port, '127.0.0.1')
    adopt(socket, onward)
    if (onward) adopt(onward, socket)
  })
  path.port = await portOf(server)
  return path
}

function openStream(port: number) {
  const clock = new ManualClock(0)
  let accepted = false
  let responses = 0
  const watched = {
    clock,
    isOpen: () => accepted,
    /** Why the stream closed, and when. */
    closed: [] as { error: Error | undefined; atMs: number }[],
    /** Returns once all that was sent before, either way, has arrived. */
    roundTrip: async () => {
      const before = responses
      stream.send({})
      await until(() => responses > before)
    },
  }
  const stream = new ReportStream({
    address: `127.0.0.1:${port}`,
    clock,
    onOpen: () => {
      accepted = true
    },
    onResponse: () => responses++,
    onClose: (error) => watched.closed.push({ error, atMs: clock.monotonic() }),
  })
  cleanups.push(() => stream.close())
  return watched
}

describe('a stream is given 3 s to be accepted', () => {
  test.each([
    ['a connection on which nothing is said', async () => undefined],
    ['HTTP/2 without a response', () => http2Port(() => {})],
  ])('%s', async (_, peer) => {
    const path = await startPath(await peer())
    const { clock, closed } = openStream(path.port)
    await until(() => path.open === 1)
    await clock.advance(2999)
    expect(closed).toEqual([])
    await clock.advance(1)
    expect(closed).toMatchObject([
      {
        atMs: 3000,
        error: {
          name: 'StatsError',
          code: 'STATS_NOT_ACCEPTED',
          message: 'stats stream was not accepted: no answer within 3 s',
        },
      },
    ])
    expect(clock.pendingTimers).toBe(0)
    await until(() => path.open === 0)
    await clock.advance(60_000)
    expect(closed).toHaveLength(1)
  })

  test('and if it was, 10 s from then on for its first pong', async () => {
    const path = await startPath((await startEcho()).port)
    path.pause()
    const { clock, isOpen, closed } = openStream(path.port)
    await clock.advance(2999)
    path.resume()
    await until(isOpen)
    path.pause()
    await clock.advance(9999)
    expect(closed).toEqual([])
    await clock.advance(2)
    expect(closed).toHaveLength(1)
  })
})

describe('an accepted stream', () => {
  test('is pinged every 10/3 s', async () => {
    const echo = await startEcho()
    const { clock, roundTrip, closed } = await accepted(echo.port)
    const seen: [number, number][] = []
    for (const atMs of [3333, 3334, 6666, 6667, 9999, 10_001, 13_333, 13_334, 30_001]) {
      while (clock.monotonic() < atMs) {
        await clock.advance(Math.min(3000, atMs - clock.monotonic()))
        await roundTrip()
      }
      seen.push([atMs, echo.pings])
    }
    expect(seen).toEqual([
      [3333, 0],
      [3334, 1],
      [6666, 1],
      [6667, 2],
      [9999, 2],
      [10_001, 3],
      [13_333, 3],
      [13_334, 4],
      [30_001, 9],
    ])
    expect(closed).toEqual([])
  })

  test.each([0, 1, 3])('is dead 10 s after the last pong, if that is number %d', async (pongs) => {
    const echo = await startEcho()
    const path = await startPath(echo.port)
    const { clock, roundTrip, closed } = await accepted(path.port)
    for (let n = 0; n < pongs; n++) {
      await clock.advance(10_000 / 3)
      await roundTrip()
    }
    path.pause()
    await clock.advance(9999)
    expect(closed).toEqual([])
    await clock.advance(2)
    expect(closed).toMatchObject([
      {
        error: {
          name: 'StatsError',
          code: 'STATS_CONNECTION_LOST',
          message: 'stats stream lost: no answer to pings for 10 s',
        },
      },
    ])
    expect(echo.pings).toBe(pongs)
    expect(clock.pendingTimers).toBe(0)
  })

  test('is dead 10 s after a pong that came late', async () => {
    const path = await startPath((await startEcho()).port)
    const { clock, roundTrip, closed } = await accepted(path.port)
    path.pause()
    await clock.advance(9000)
    path.resume()
    await roundTrip()
    path.pause()
    await clock.advance(9999)
    expect(closed).toEqual([])
    await clock.advance(2)
    expect(closed).toHaveLength(1)
  })

  async function accepted(port: number) {
    const stream = openStream(port)
    await until(stream.isOpen)
    await stream.roundTrip()
    return stream
  }
})
