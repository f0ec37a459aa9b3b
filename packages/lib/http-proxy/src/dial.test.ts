import { readFileSync } from 'node:fs'
import type { LookupFunction } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { type DialOptions, dial } from './dial.ts'
import { rawServer } from './testing/index.ts'

/** A server that accepts and then says nothing, so that a TLS dial hangs. */
const mute = () => rawServer(() => {})

function options(port: number, clock: ManualClock, more: Partial<DialOptions> = {}): DialOptions {
  return {
    host: '127.0.0.1',
    port,
    tls: () => ({ rejectUnauthorized: false }),
    clock,
    random: () => 0,
    wanted: () => true,
    gone: () => false,
    ...more,
  }
}

describe('dial', () => {
  test('tries again after a timeout, ever longer, and gives up after about 20 s', async () => {
    await using server = await mute()
    const clock = new ManualClock()
    const failed = dial(options(server.port, clock)).catch((error: unknown) => error)
    let error: unknown
    failed.then((caught) => {
      error = caught
    })
    for (let i = 0; i < 2_000 && !error; i++) await clock.advance(20)
    expect(error).toMatchObject({
      code: 'UPSTREAM_UNREACHABLE',
      message: expect.stringMatching(/^timed out dialing 127\.0\.0\.1:\d+ after (19|20)\.\d\ds$/),
    })
    expect(server.sockets.length).toBeGreaterThanOrEqual(15)
    expect(clock.pendingTimers).toBe(0)
  })

  test.each<[string, Partial<DialOptions>, string]>([
    ['nobody wants the connection any more', { wanted: () => false }, 'CANCELLED'],
    ['the destination is gone', { gone: () => true }, 'UPSTREAM_UNREACHABLE'],
  ])('stops between tries when %s', async (_name, more, code) => {
    await using server = await mute()
    const clock = new ManualClock()
    const failed = expect(dial(options(server.port, clock, more))).rejects.toMatchObject({ code })
    await clock.advance(50)
    await clock.advance(30)
    await failed
  })

  test('asks the kernel to look after a silent connection every 5 s', async () => {
    await using server = await mute()
    const socket = await dial(options(server.port, new ManualClock(), { tls: undefined }))
    const [from, to] = [socket.localPort!, server.port].map(
      (port) => `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`,
    )
    const line = new RegExp(`\\d: ${from} ${to} .*`).exec(readFileSync('/proc/net/tcp', 'utf8'))![0]
    const [timer, left] = line.split(' ')[5]!.split(':')
    socket.destroy()
    const [keepAliveTimer, hundredthsLeft] = ['02', Number.parseInt(left!, 16)]
    expect(timer).toBe(keepAliveTimer)
    expect(hundredthsLeft).toBeGreaterThan(0)
    expect(hundredthsLeft).toBeLessThanOrEqual(500)
  })

  test('what is refused fails at once', async () => {
    const server = await mute()
    await server[Symbol.asyncDispose]()
    const clock = new ManualClock()
    await expect(dial(options(server.port, clock, { tls: undefined }))).rejects.toMatchObject({
      code: 'UPSTREAM_UNREACHABLE',
      message: `dial tcp 127.0.0.1:${server.port}: connect: connection refused`,
    })
    expect(clock.pendingTimers).toBe(0)
  })

  test.each([
    ['EHOSTUNREACH', 'no route to host'],
    ['ENETUNREACH', 'network is unreachable'],
  ])('%s fails at once', async (code, reason) => {
    const clock = new ManualClock()
    const lookup: LookupFunction = (_host, _options, found) =>
      found(Object.assign(new Error(code), { code }), '')
    const dialled = dial(options(80, clock, { host: 'pod', tls: () => ({ lookup }) }))
    await expect(dialled).rejects.toMatchObject({
      code: 'UPSTREAM_UNREACHABLE',
      message: `dial tcp pod:80: connect: ${reason}`,
    })
    expect(clock.pendingTimers).toBe(0)
  })

  test('a name that does not resolve is told as such', async () => {
    const clock = new ManualClock()
    const dialled = dial(options(80, clock, { host: 'no-such-host.invalid', tls: undefined }))
    // The resolver is real and may be slow; time stands still, so the dial does not give up first.
    await expect(dialled).rejects.toMatchObject({
      message: expect.stringContaining('lookup no-such-host.invalid'),
    })
  })
})
