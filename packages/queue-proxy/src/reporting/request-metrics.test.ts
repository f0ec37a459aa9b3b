import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { httpGet } from '../testing/http-get.ts'
import { testQueueProxy, testUserContainer } from '../testing/test-queue-proxy.ts'
import { RequestMetrics } from './request-metrics.ts'

describe('RequestMetrics', () => {
  test('counts users’ requests by status and tag, not probes', async () => {
    const clock = new ManualClock()
    await using container = await testUserContainer((_request, response) => response.writeHead(201).end())
    await using world = await testQueueProxy({
      userPort: container.port,
      clock,
      variables: {
        CONTAINER_CONCURRENCY: '3',
        SERVING_SERVICE: 'greeter',
        SERVING_CONFIGURATION: 'greeter-config',
      },
    })
    const metrics = new RequestMetrics(world.environment, clock, world.queueProxy.queueDepth)
    world.queueProxy.measure(metrics)
    await httpGet(world.url, { 'Knative-Serving-Tag': 'blue' })
    await httpGet(world.url, { 'User-Agent': 'kube-probe/1', 'K-Network-Probe': 'queue' })
    await clock.settle()
    const text = await metrics.registry.metrics()
    const lines = text.split('\n').filter((line) => line.includes('_count{'))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^kn_serving_invocation_duration_seconds_count\{.*\} 1$/)
    for (const label of [
      'http_response_status_code="201"',
      'kn_route_tag="blue"',
      'service_name="greeter"',
      'k8s_container_name="queue-proxy"',
      'k8s_namespace_name="default"',
      'k8s_pod_name="hello-00001-deployment-abc"',
      'kn_service_name="greeter"',
      'kn_configuration_name="greeter-config"',
      'kn_revision_name="hello-00001"',
    ]) {
      expect(lines[0]).toContain(label)
    }
    expect(text).toMatch(/^kn_serving_queue_depth\{.*\} 0$/m)
    expect(text).toContain('le="0.005"')
  })
})
