import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import type { Variables } from '../environment.ts'
import { httpGet } from '../testing/http-get.ts'
import { testQueueProxy, testUserContainer } from '../testing/test-queue-proxy.ts'
import { RequestMetrics } from './request-metrics.ts'

const duration = 'kn_serving_invocation_duration_seconds'

/** What is measured of one request of a container that serves it so; the clock moves on while it is held. */
async function measured(
  serve: (response: ServerResponse) => void,
  options: { headers?: Record<string, string>; variables?: Variables; heldMs?: number } = {},
) {
  const clock = new ManualClock()
  const held = Promise.withResolvers<ServerResponse>()
  await using container = await testUserContainer((_request, response) => held.resolve(response))
  await using world = await testQueueProxy({
    userPort: container.port,
    clock,
    ...(options.variables ? { variables: options.variables } : {}),
  })
  const metrics = new RequestMetrics(world.environment, clock, world.queueProxy.queueDepth)
  world.queueProxy.measure(metrics)
  const answered = httpGet(world.url, options.headers).catch(() => {})
  const response = await held.promise
  await clock.advance(options.heldMs ?? 0)
  const during = await metrics.registry.metrics()
  serve(response)
  await answered
  while (!(await metrics.registry.metrics()).includes(`${duration}_count{`)) await clock.settle()
  return { during, after: await metrics.registry.metrics() }
}

const labelsOf = (text: string) => new RegExp(`^${duration}_count\\{(.*)\\} 1$`, 'm').exec(text)?.[1] ?? ''

describe('the duration of requests', () => {
  test('falls into the buckets of the contract, in seconds', async () => {
    const { after } = await measured((response) => response.end(), { heldMs: 80 })
    const buckets = [...after.matchAll(new RegExp(`^${duration}_bucket\\{le="([^"]+)".*\\} (\\d)$`, 'gm'))]
    expect(buckets.map(([, bound, count]) => `${bound} ${count}`)).toEqual([
      ...['0.005 0', '0.01 0', '0.025 0', '0.05 0', '0.075 0', '0.1 1', '0.25 1', '0.5 1', '0.75 1'],
      ...['1 1', '2.5 1', '5 1', '7.5 1', '10 1', '+Inf 1'],
    ])
    expect(after).toMatch(new RegExp(`^${duration}_sum\\{.*\\} 0.08$`, 'm'))
  })

  test.each<[string, (response: ServerResponse) => void, string]>([
    ['a status', (response) => response.writeHead(418).end(), '418'],
    ['a response that breaks off', (response) => response.write('x', () => response.destroy()), '500'],
    ['a container that hangs up', (response) => response.destroy(), '502'],
  ])('has the status of %s', async (_, serve, status) => {
    const { after } = await measured(serve)
    expect(labelsOf(after)).toContain(`http_response_status_code="${status}"`)
  })

  test.each<[string, Record<string, string>, string]>([
    ['no route tags', {}, 'kn:disabled'],
    ['the default route', { 'Knative-Serving-Default-Route': 'true' }, 'kn:default'],
    ['a tag', { 'Knative-Serving-Tag': 'blue' }, 'blue'],
  ])('has the tag of %s', async (_, headers, tag) => {
    const { after } = await measured((response) => response.end(), { headers })
    expect(labelsOf(after)).toContain(`kn_route_tag="${tag}"`)
  })

  test.each<[string, Variables, string]>([
    ['the operator’s', { OTEL_SERVICE_NAME: 'mine' }, 'mine'],
    ['the Service’s', { SERVING_SERVICE: 'service', SERVING_CONFIGURATION: 'configuration' }, 'service'],
    ['the Configuration’s', { SERVING_SERVICE: '', SERVING_CONFIGURATION: 'configuration' }, 'configuration'],
    ['the Revision’s', { SERVING_SERVICE: '', SERVING_CONFIGURATION: '', SERVING_REVISION: 'rev' }, 'rev'],
    [
      'the pod’s',
      { SERVING_SERVICE: '', SERVING_CONFIGURATION: '', SERVING_REVISION: '', SERVING_POD: 'pod' },
      'pod',
    ],
  ])('is filed under %s name', async (_, variables, name) => {
    const { after } = await measured((response) => response.end(), { variables })
    expect(labelsOf(after)).toContain(`service_name="${name}"`)
  })
})

describe('the depth of the queue', () => {
  const depth = /^kn_serving_queue_depth\{.*\} (\d+)$/m

  test('is that of requests that run or wait', async () => {
    const { during, after } = await measured((response) => response.end(), {
      variables: { CONTAINER_CONCURRENCY: '1' },
    })
    expect([depth.exec(during)?.[1], depth.exec(after)?.[1]]).toEqual(['1', '0'])
  })

  test('is not there without a limit on concurrency', async () => {
    const { during } = await measured((response) => response.end())
    expect(during).not.toContain('kn_serving_queue_depth')
  })
})

test('neither the wait for a place counts, nor a request that gets none', async () => {
  const clock = new ManualClock()
  const held: ServerResponse[] = []
  await using container = await testUserContainer((_request, response) => held.push(response))
  await using world = await testQueueProxy({
    userPort: container.port,
    clock,
    variables: { CONTAINER_CONCURRENCY: '1' },
  })
  const metrics = new RequestMetrics(world.environment, clock, world.queueProxy.queueDepth)
  world.queueProxy.measure(metrics)
  const answers = Array.from({ length: 11 }, () => httpGet(world.url))
  while (world.queueProxy.queueDepth!() < 11) await clock.settle()
  expect((await httpGet(world.url)).status).toBe(503)
  for (let n = 0; n < 11; n++) {
    while (held.length <= n) await clock.settle()
    await clock.advance(500)
    held[n]!.end()
  }
  await Promise.all(answers)
  while (world.queueProxy.queueDepth!() > 0) await clock.settle()
  const text = await metrics.registry.metrics()
  const series = [...text.matchAll(new RegExp(`^${duration}_(sum|count)\\{.*code="(\\d+)".*\\} (.*)$`, 'gm'))]
  expect(series.map(([, figure, status, value]) => `${status} ${figure} ${value}`)).toEqual([
    '200 sum 5.5',
    '200 count 11',
  ])
})

test('probes of all kinds are left out', async () => {
  const clock = new ManualClock()
  await using container = await testUserContainer((_request, response) => response.end())
  await using world = await testQueueProxy({ userPort: container.port, clock })
  const metrics = new RequestMetrics(world.environment, clock, undefined)
  world.queueProxy.measure(metrics)
  const probes: Record<string, string>[] = [
    { 'User-Agent': 'kube-probe/1.34', 'K-Network-Probe': 'queue' },
    { 'K-Kubelet-Probe': 'queue' },
    { 'K-Network-Probe': 'probe', 'K-Network-Hash': 'h' },
    { 'K-Network-Probe': 'queue' },
  ]
  for (const headers of probes) await httpGet(world.url, headers)
  const ended = once(container.server, 'request')
  await httpGet(world.url)
  await ended
  while (!(await metrics.registry.metrics()).includes(`${duration}_count{`)) await clock.settle()
  expect(labelsOf(await metrics.registry.metrics())).not.toBe('')
})
