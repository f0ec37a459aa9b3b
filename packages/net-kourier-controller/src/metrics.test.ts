import { expect, test } from '@jest/globals'
import { Listener } from '@knative-ts/xds'
import { prometheusMetrics } from './metrics.ts'

test('counts what gateways are sent and refuse, by resource type', async () => {
  const { metrics, server } = await prometheusMetrics()
  metrics.pushed(Listener.typeUrl)
  metrics.pushed(Listener.typeUrl)
  metrics.refused(Listener.typeUrl)
  metrics.streams(3)
  const port = await server.listen('127.0.0.1', 0)
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  await server.close()
  expect(text).toContain('kn_xds_pushes_total{type="Listener"} 2')
  expect(text).toContain('kn_xds_refusals_total{type="Listener"} 1')
  expect(text).toContain('kn_xds_streams 3')
})
