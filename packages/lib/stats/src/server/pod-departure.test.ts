import { expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { ActivatorStatsClient, PodStatsClient, Stat } from '../index.ts'
import { StatsServer } from './index.ts'

/** All of them report as long as there are no more than these. */
const sample = 3
const revision = { namespace: 'default', revision: 'hello-00001' }

test('a pod that was sent away as one too many still gets its word out when it is not ready any more', async () => {
  const clock = new ManualClock()
  const server = new StatsServer(
    { ownerOf: () => ({ kind: 'self' }), isPodOf: () => true, podCount: () => sample, onLoad: () => {} },
    clock,
    () => 0,
  )
  const address = `127.0.0.1:${await server.listen('127.0.0.1', 0)}`
  const news: string[] = []
  const activator = new ActivatorStatsClient({
    address,
    podName: 'activator-1',
    clock,
    random: () => 0,
    onPods: (changes) =>
      news.push(...changes.map(({ podName, port, ready }) => `${podName} ${port} ${ready}`)),
  })
  activator.start()
  while (!activator.connected) await clock.settle()
  activator.report([{ ...revision, averageConcurrentRequests: 1, requestCount: 1, idle: false }])
  const pods: PodStatsClient[] = []
  for (let n = 1; n <= sample + 1; n++) {
    const pod = new PodStatsClient({
      ...revision,
      address,
      podName: `pod-${n}`,
      podUid: `uid-${n}`,
      sample: () => Stat.decode(new Uint8Array()),
      clock,
      random: () => 0,
    })
    pods.push(pod)
    pod.start()
    pod.markReady(8012)
    while (!news.includes(`pod-${n} 8012 true`)) await clock.settle()
  }
  const departing = pods[sample]!
  await clock.settle()
  departing.markNotReady()
  while (!news.includes(`pod-${sample + 1} 8012 false`)) await clock.advance(100)
  expect(news).toEqual([
    'pod-1 8012 true',
    'pod-2 8012 true',
    'pod-3 8012 true',
    'pod-4 8012 true',
    'pod-4 8012 false',
  ])
  for (const client of [activator, ...pods]) client.close()
  await server.close()
})
