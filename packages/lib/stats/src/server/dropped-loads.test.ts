import { expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { ActivatorStatsClient } from '../index.ts'
import { StatsServer } from './index.ts'

const revision = { namespace: 'default', revision: 'hello-00001', requestCount: 1, idle: false }

test('an activator says once per outage that it drops loads, and repeats the last when it is over', async () => {
  const clock = new ManualClock()
  const loads: number[] = []
  const errors: Error[] = []
  const serve = async (port: number) => {
    const server = new StatsServer(
      {
        ownerOf: () => ({ kind: 'self' }),
        isPodOf: () => true,
        podCount: () => 1,
        onLoad: (_namespace, _revision, stat) => loads.push(stat.averageConcurrentRequests),
      },
      clock,
      () => 0,
    )
    return { server, port: await server.listen('127.0.0.1', port) }
  }
  let { server, port } = await serve(0)
  const activator = new ActivatorStatsClient({
    address: `127.0.0.1:${port}`,
    podName: 'activator-1',
    clock,
    random: () => 0,
    onPods: () => {},
    onError: (error) => errors.push(error),
  })
  const dropped = () => errors.filter(({ message }) => message.startsWith('loads are dropped'))
  activator.start()
  while (!activator.connected) await clock.settle()
  for (const outage of [1, 2]) {
    await server.close()
    while (activator.connected) await clock.settle()
    expect(dropped()).toHaveLength(outage - 1)
    for (const concurrency of [3, 4, 5])
      activator.report([{ ...revision, averageConcurrentRequests: concurrency }])
    expect(dropped()).toHaveLength(outage)
    ;({ server, port } = await serve(port))
    await clock.advance(100)
    while (loads.length < outage) await clock.settle()
  }
  expect(dropped()).toMatchObject([{ code: 'STATS_DROPPED' }, { code: 'STATS_DROPPED' }])
  expect(loads).toEqual([5, 5])
  activator.close()
  await server.close()
})
