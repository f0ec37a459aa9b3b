import { once } from 'node:events'
import { createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { Http2Pool } from './http2-pool.ts'
import { IdleConnections } from './idle-connections.ts'
import { rawServer } from './testing/index.ts'

const idleMs = 90_000

function poolTo(port: number, tls?: () => ConnectionOptions) {
  const clock = new ManualClock()
  const idle = new IdleConnections(clock, { maxIdle: 10, maxIdlePerDestination: 10, idleMs })
  return { clock, idle, pool: new Http2Pool({ host: '127.0.0.1', port, tls, clock, random: () => 0 }, idle) }
}

async function http2Server() {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    server,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}

test('a connection that nobody wants any more when it is there lies idle like any other', async () => {
  await using destination = await http2Server()
  const { clock, idle, pool } = poolTo(destination.port)
  const opened = await pool.connect(() => false)
  expect(idle.count).toBe(1)
  expect(pool.takeAvailable()).toBe(opened)
  expect(idle.count).toBe(0)
  pool.streamClosed(opened)
  await clock.advance(idleMs)
  expect([idle.count, opened.available, clock.pendingTimers]).toEqual([0, false, 0])
})

test('who still waits for a connection gets it, though others who asked first have left', async () => {
  await using destination = await http2Server()
  const { idle, pool } = poolTo(destination.port)
  const [, connection] = await Promise.all([pool.connect(() => false), pool.connect(() => true)])
  expect([connection.available, idle.count]).toEqual([true, 0])
  connection.close()
})

test('a destination that goes away while it is dialled counts as unreachable, so that another may be tried', async () => {
  await using mute = await rawServer(() => {})
  const { clock, pool } = poolTo(mute.port, () => ({ rejectUnauthorized: false }))
  const failed = [1, 2].map(() =>
    expect(pool.connect(() => true)).rejects.toMatchObject({ code: 'UPSTREAM_UNREACHABLE' }),
  )
  pool.close()
  await clock.advance(50)
  await clock.advance(30)
  await Promise.all(failed)
})
