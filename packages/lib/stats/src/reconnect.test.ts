import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { ActivatorStatsClient, PodStatsClient, Stat } from './index.ts'

/** Answers every connection with silence, so that only the clock decides. */
const server = createServer((socket) => sockets.add(socket.on('error', () => {})))
const sockets = new Set<Socket>()

beforeEach(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))

afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => server.close(resolve))
})

interface Options {
  address: string
  clock: ManualClock
  random: () => number
  onError: (error: Error) => void
}

const clients = {
  'an activator': (options: Options) =>
    new ActivatorStatsClient({ ...options, podName: 'activator-1', onPods: () => {} }),
  'a queue-proxy': (options: Options) =>
    new PodStatsClient({
      ...options,
      namespace: 'default',
      revision: 'hello-00001',
      podName: 'pod-1',
      podUid: 'uid-1',
      sample: () => Stat.decode(new Uint8Array()),
    }),
}

test.each([
  ['an activator', 0],
  ['an activator', 0.5],
  ['a queue-proxy', 0],
  ['a queue-proxy', 0.5],
] as const)('%s dials for ever, by the back-off, with %d of its jitter', async (who, random) => {
  const clock = new ManualClock(0)
  const failuresAtMs: number[] = []
  const client = clients[who]({
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    clock,
    random: () => random,
    onError: () => failuresAtMs.push(clock.monotonic()),
  })
  client.start()
  while (failuresAtMs.length < 43) await clock.advance(1000)
  client.close()
  expect(clock.pendingTimers).toBe(0)
  let atMs = 0
  for (const [attempt, failedAtMs] of failuresAtMs.entries()) {
    atMs += 3000
    expect(failedAtMs).toBeCloseTo(atMs)
    atMs += 100 * 1.3 ** (attempt % 20) * (1 + random / 2)
  }
})
