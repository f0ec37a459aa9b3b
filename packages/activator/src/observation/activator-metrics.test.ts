import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { configurationLabelKey, revisions, serviceLabelKey } from '@knative-ts/apis'
import * as client from 'prom-client'
import { TestWorld } from '../testing/test-world.ts'
import { ActivatorMetrics } from './activator-metrics.ts'

let world: TestWorld
let metrics: ActivatorMetrics

beforeEach(async () => {
  world = new TestWorld()
  metrics = new ActivatorMetrics({
    client,
    clock: world.clock,
    revisions: () => world.activator.revisions.all(),
  })
  await world.start({
    observers: () => [metrics.observe],
    onLoads: (loads) => metrics.onLoads(loads),
    onStatsConnection: (connected) => {
      metrics.onStatsConnection(connected)
      world.changed()
    },
    onStatsError: () => metrics.onStatsError(),
    onColdStart: (revision, ms) => metrics.onColdStart(revision, ms),
  })
})

afterEach(() => world.stop())

const revision = 'k8s_namespace_name="default",kn_revision_name="hello-00001"'

test('queued and active requests and their concurrency are shown while there are any', async () => {
  world.addRevision('hello-00001', { containerConcurrency: 1 })
  const pod = await world.addPod('pod-1', '127.0.7.61')
  pod.holding = true
  world.listPods('hello-00001', [pod])
  const first = world.get('hello-00001')
  await pod.received(1)
  const second = world.get('hello-00001')
  const { throttler } = world.activator.revisions.find({ namespace: 'default', name: 'hello-00001' })!
  while (throttler.waiting === 0) await world.clock.settle()
  await world.clock.advance(1000)
  const busy = await metrics.registry.metrics()
  expect(busy).toContain(`kn_revision_request_queued{${revision}} 1`)
  expect(busy).toContain(`kn_revision_request_active{${revision}} 1`)
  expect(busy).toContain(`kn_revision_request_concurrency{${revision}} 1`)
  pod.release()
  await first.response
  await pod.received(2)
  pod.release()
  await second.response
  while (throttler.active > 0) await world.clock.settle()
  const idle = await metrics.registry.metrics()
  expect(idle).not.toContain('kn_revision_request_queued{')
  expect(idle).not.toContain('kn_revision_request_active{')
  await world.clock.advance(3000)
  expect(await metrics.registry.metrics()).not.toContain('kn_revision_request_concurrency{')
})

test('the connection to the autoscaler is shown', async () => {
  expect(await metrics.registry.metrics()).toContain('kn_activator_stats_conn_reachable{peer="autoscaler"} 1')
  metrics.onStatsError()
  metrics.onStatsConnection(false)
  const text = await metrics.registry.metrics()
  expect(text).toContain('kn_activator_stats_conn_reachable{peer="autoscaler"} 0')
  expect(text).toContain('kn_activator_stats_conn_errors_total{peer="autoscaler"} 1')
})

test('user requests are timed, with all that the revision is part of', async () => {
  const object = world.addRevision('hello-00001')
  object.metadata.labels = { [serviceLabelKey]: 'hello', [configurationLabelKey]: 'hello-config' }
  world.api.replace(revisions, object)
  world.listPods('hello-00001', [await world.addPod('pod-1', '127.0.7.62')])
  await world.get('hello-00001').response
  const { values } = await metrics.registry.getSingleMetric('http_server_request_duration_seconds')!.get()
  const count = values.find((value) => 'metricName' in value && String(value.metricName).endsWith('_count'))
  expect(count).toMatchObject({
    value: 1,
    labels: {
      k8s_namespace_name: 'default',
      kn_service_name: 'hello',
      kn_configuration_name: 'hello-config',
      kn_revision_name: 'hello-00001',
      http_request_method: 'GET',
      http_response_status_code: '200',
      network_protocol_version: '1.1',
      url_scheme: 'http',
    },
  })
})

test('methods that clients invent share a series, and nothing is left of a revision that is gone', async () => {
  world.addRevision('hello-00001')
  world.listPods('hello-00001', [await world.addPod('pod-1', '127.0.7.64')])
  const headers = { 'knative-serving-revision': 'hello-00001', 'knative-serving-namespace': 'default' }
  for (const method of ['GET', 'PURGE', 'REPORT']) await world.send('/', headers, method).response
  const counted = async () =>
    [
      ...(await metrics.registry.metrics()).matchAll(
        /_request_duration_seconds_count\{.*method="(\w+)".*\} (\d)/g,
      ),
    ].map(([, method, count]) => `${method} ${count}`)
  expect(await counted()).toEqual(['GET 1', '_OTHER 2'])
  world.api.remove(revisions, 'default', 'hello-00001')
  const directory = world.activator.revisions
  while (directory.find({ namespace: 'default', name: 'hello-00001' })) await world.clock.settle()
  expect(await counted()).toEqual([])
})

test('cold starts are timed, until their revision is gone', async () => {
  world.addRevision('hello-00001')
  const request = world.get('hello-00001')
  await world.until(() => world.loads.length > 0)
  await world.clock.advance(1500)
  world.listPods('hello-00001', [await world.addPod('pod-1', '127.0.7.63')])
  await request.response
  await world.get('hello-00001').response
  const text = await metrics.registry.metrics()
  expect(text).toContain(`kn_revision_cold_start_duration_seconds_sum{${revision}} 1.5`)
  expect(text).toContain(`kn_revision_cold_start_duration_seconds_count{${revision}} 1`)
  world.api.remove(revisions, 'default', 'hello-00001')
  const directory = world.activator.revisions
  while (directory.find({ namespace: 'default', name: 'hello-00001' })) await world.clock.settle()
  expect(await metrics.registry.metrics()).not.toContain('kn_revision_cold_start_duration_seconds_count')
})
