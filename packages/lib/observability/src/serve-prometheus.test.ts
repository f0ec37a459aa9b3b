import { expect, test } from '@jest/globals'
import { registerQueueMetrics } from './queue-metrics.ts'
import { servePrometheus } from './serve-prometheus.ts'

test('the process itself and its queues can be scraped', async () => {
  const server = await servePrometheus('127.0.0.1', ':0', (registry) =>
    registerQueueMetrics(registry, () => [{ name: 'route', queue: { depth: 3 } }]),
  )
  const response = await fetch(`http://127.0.0.1:${server.port}/metrics`)
  const text = await response.text()
  expect(text).toContain('kn_workqueue_depth{name="route"} 3')
  expect(text).toContain('process_cpu_seconds_total')
  await server.close()
})

test('an address that is taken is an error', async () => {
  const first = await servePrometheus('127.0.0.1', ':0', async () => {})
  await expect(servePrometheus('127.0.0.1', `:${first.port}`, async () => {})).rejects.toThrow('EADDRINUSE')
  await first.close()
})
