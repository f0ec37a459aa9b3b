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

  test('stops between tries when nobody wants the connection any more', async () => {
    await using server = await mute()
    const clock = new ManualClock()
    const failed = expect(dial(options(server.port, clock, { wanted: () => false }))).rejects.toMatchObject({
      code: 'CANCELLED',
    })
    await clock.advance(50)
    await clock.advance(30)
    await failed
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

  test('a name that does not resolve is told as such', async () => {
    const clock = new ManualClock()
    const dialled = dial(options(80, clock, { host: 'no-such-host.invalid', tls: undefined }))
    // The resolver is real and may be slow; time stands still, so the dial does not give up first.
    await expect(dialled).rejects.toMatchObject({
      message: expect.stringContaining('lookup no-such-host.invalid'),
    })
  })
})
