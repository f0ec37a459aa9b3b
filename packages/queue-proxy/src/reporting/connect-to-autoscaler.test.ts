import { describe, expect, test } from '@jest/globals'
import { systemClock } from '@knative-ts/clock'
import { silentLogger } from '@knative-ts/observability'
import type { Stat } from '@knative-ts/stats'
import { StatsServer } from '@knative-ts/stats/server'
import { readEnvironment } from '../environment.ts'
import { testVariables } from '../testing/test-environment.ts'
import { connectToAutoscaler } from './connect-to-autoscaler.ts'

const latestStat: Stat = {
  podName: 'hello-00001-deployment-abc',
  averageConcurrentRequests: 2.5,
  averageProxiedConcurrentRequests: 1,
  requestCount: 7,
  proxiedRequestCount: 3,
  processUptime: 9,
  timestamp: 0,
}

describe('connectToAutoscaler', () => {
  test('reports the latest stat under the revision', async () => {
    const server = new StatsServer(
      {
        ownerOf: () => ({ kind: 'self' }),
        isPodOf: () => true,
        podCount: () => 1,
        onLoad: () => {},
      },
      systemClock,
      () => 0,
    )
    const port = await server.listen('127.0.0.1', 0)
    const environment = readEnvironment(testVariables({ AUTOSCALER_STATS_ADDRESS: `127.0.0.1:${port}` }))
    const client = connectToAutoscaler(environment, { latestStat }, systemClock, silentLogger)
    try {
      client.markReady(8012)
      const samples = () => server.samples('default/hello-00001')
      while (samples().size === 0) await new Promise((resolve) => setImmediate(resolve))
      expect([...samples().entries()]).toEqual([[latestStat.podName, latestStat]])
    } finally {
      client.close()
      await server.close()
    }
  })

  test('without an address tells nobody', () => {
    const client = connectToAutoscaler(
      readEnvironment(testVariables()),
      { latestStat },
      systemClock,
      silentLogger,
    )
    client.markReady(8012)
    client.markNotReady()
    client.close()
  })
})
