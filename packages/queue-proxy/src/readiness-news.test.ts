import { expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { ProbeError } from './errors.ts'
import { httpGet } from './testing/http-get.ts'
import { testQueueProxy } from './testing/test-queue-proxy.ts'

const kubelet = { 'User-Agent': 'kube-probe/1.34', 'K-Network-Probe': 'queue' }

test.each([
  ['three by default', '{"tcpSocket":{"port":1},"periodSeconds":2}', 3],
  ['as many as it says', '{"tcpSocket":{"port":1},"periodSeconds":2,"failureThreshold":5}', 5],
  ['the first, if it says one', '{"tcpSocket":{"port":1},"periodSeconds":2,"failureThreshold":1}', 1],
])(
  'that a container is not ready any more is told after failures of its probe: %s',
  async (_, probe, failures) => {
    const clock = new ManualClock()
    let passes = true
    const tryProbe = async () => {
      if (!passes) throw new ProbeError('no')
    }
    const variables = { SERVING_READINESS_PROBE: probe }
    await using world = await testQueueProxy({ userPort: 1, tryProbe, clock, variables })
    const news: string[] = []
    world.queueProxy.announceReadiness({
      markReady: () => news.push('ready'),
      markNotReady: () => news.push('not ready'),
      close: () => {},
    })
    const ask = async () => {
      await httpGet(world.url, kubelet)
      await clock.advance(2_000)
    }
    await ask()
    passes = false
    for (let n = 1; n < failures; n++) await ask()
    expect(news).toEqual(['ready'])
    passes = true
    await ask()
    passes = false
    for (let n = 1; n <= failures; n++) await ask()
    expect(news).toEqual(['ready', 'not ready'])
    passes = true
    await ask()
    expect(news).toEqual(['ready', 'not ready', 'ready'])
  },
)
