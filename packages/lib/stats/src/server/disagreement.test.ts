import { expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { ActivatorStatsClient } from '../index.ts'
import { type RevisionOwner, StatsServer } from './index.ts'

test('an activator is not sent back and forth for ever by autoscalers that each name the other as owner', async () => {
  const clock = new ManualClock()
  const addresses = ['', '']
  let asked = 0
  let loads = 0
  const servers = addresses.map(
    (_, self) =>
      new StatsServer(
        {
          ownerOf: (key): RevisionOwner => {
            if (key !== 'default/disputed') return { kind: 'self' }
            asked++
            return { kind: 'peer', address: addresses[1 - self]! }
          },
          isPodOf: () => true,
          podCount: () => 1,
          onLoad: () => loads++,
        },
        clock,
      ),
  )
  for (const [i, server] of servers.entries())
    addresses[i] = `127.0.0.1:${await server.listen('127.0.0.1', 0)}`
  const client = new ActivatorStatsClient({
    address: addresses[0]!,
    podName: 'activator-1',
    clock,
    onPods: () => {},
  })
  const report = (revision: string) =>
    client.report([
      { namespace: 'default', revision, averageConcurrentRequests: 1, requestCount: 1, idle: false },
    ])
  const settled = async (count: number) => {
    while (asked < count) await clock.settle()
    for (let round = loads + 20; loads < round; ) {
      const before = loads
      report('undisputed')
      while (loads === before) await clock.settle()
    }
    expect(asked).toBe(count)
  }
  client.start()
  while (!client.connected) await clock.settle()
  report('disputed')
  await settled(4)
  report('disputed')
  await settled(8)
  client.close()
  for (const server of servers) await server.close()
})
