import { expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { ActivatorStatsClient, type Stat } from '../index.ts'
import { StatsServer } from './index.ts'

test('an activator’s load has its name, the concurrency and the requests, and zero for all that pods know', async () => {
  const clock = new ManualClock()
  const { promise: heard, resolve: onStat } = Promise.withResolvers<Stat>()
  const server = new StatsServer(
    {
      ownerOf: () => ({ kind: 'self' }),
      isPodOf: () => true,
      podCount: () => 1,
      onLoad: (_namespace, _revision, stat) => onStat(stat),
    },
    clock,
  )
  const activator = new ActivatorStatsClient({
    address: `127.0.0.1:${await server.listen('127.0.0.1', 0)}`,
    podName: 'activator-1',
    clock,
    onPods: () => {},
  })
  activator.start()
  activator.report([
    {
      namespace: 'default',
      revision: 'hello-00001',
      averageConcurrentRequests: 2.5,
      requestCount: 4,
      idle: false,
    },
  ])
  const stat = await heard
  activator.close()
  await server.close()
  expect(stat).toEqual({
    podName: 'activator-1',
    averageConcurrentRequests: 2.5,
    averageProxiedConcurrentRequests: 0,
    requestCount: 4,
    proxiedRequestCount: 0,
    processUptime: 0,
    timestamp: 0,
  })
})
