import { createServer, type IncomingMessage } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { ManualClock } from '@knative-ts/clock/testing'
import { podAutoscaler } from '../testing/objects.ts'
import { ActivatorProbes, probeOverHttp } from './activator-probes.ts'

const served = { status: { serviceName: 'hello-00001' } }

function setUp(answers: (attempt: number) => boolean | Error) {
  const clock = new ManualClock()
  const world = { clock, urls: [] as string[], enqueued: [] as number[] }
  const probes = new ActivatorProbes({
    clock,
    clusterDomain: 'cluster.local',
    probe: async (url) => {
      world.urls.push(url)
      const answer = answers(world.urls.length)
      if (answer instanceof Error) throw answer
      return answer
    },
    enqueueAfter: (_, delayMs) => world.enqueued.push(delayMs),
  })
  return Object.assign(world, { probes })
}

describe('activator probes', () => {
  test.each([
    ['http1' as const, 'http://hello-00001.default.svc.cluster.local:80//healthz'],
    ['h2c' as const, 'http://hello-00001.default.svc.cluster.local:81//healthz'],
  ])('of %s targets go to %s', async (protocolType, url) => {
    const world = setUp(() => true)
    expect(await world.probes.once(podAutoscaler({ protocolType, ...served }))).toBe(true)
    expect(world.urls).toEqual([url])
  })

  test('fail without a Service, and when nothing answers', async () => {
    const world = setUp(() => new Error('refused'))
    expect(await world.probes.once(podAutoscaler())).toBe(false)
    expect(world.urls).toEqual([])
    expect(await world.probes.once(podAutoscaler(served))).toBe(false)
  })

  test('repeat every second until one succeeds, in one series per target', async () => {
    const world = setUp((attempt) => attempt === 3)
    world.probes.keepProbing(podAutoscaler(served))
    world.probes.keepProbing(podAutoscaler(served))
    await world.clock.advance(5000)
    expect(world.urls).toHaveLength(3)
    expect(world.enqueued).toEqual([1000])
    expect(world.clock.pendingTimers).toBe(0)
  })

  test('give up after 45 s, and the target is looked at again', async () => {
    const world = setUp(() => false)
    world.probes.keepProbing(podAutoscaler(served))
    await world.clock.advance(60_000)
    expect(world.urls).toHaveLength(46)
    expect(world.enqueued).toEqual([1000])
  })

  test('end with the process', async () => {
    const world = setUp(() => false)
    world.probes.keepProbing(podAutoscaler(served))
    await world.clock.advance(0)
    world.probes.close()
    await world.clock.advance(5000)
    expect(world.urls).toHaveLength(1)
    expect(world.enqueued).toEqual([])
    expect(world.clock.pendingTimers).toBe(0)
  })
})

test.each([
  [200, 'activator', true],
  [200, 'queue', false],
  [200, 'activator\n', false],
  [503, 'activator', false],
])('an answer of %d with %j counts as %p', async (status, body, ok) => {
  let seen: IncomingMessage | undefined
  const server = createServer((request, response) => {
    seen = request
    response.writeHead(status).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  expect(await probeOverHttp(`http://127.0.0.1:${port}//healthz`, new AbortController().signal)).toBe(ok)
  expect(seen?.url).toBe('//healthz')
  expect(seen?.headers).toMatchObject({
    'user-agent': 'Knative-Autoscaling-Probe',
    'k-network-probe': 'activator',
    connection: 'close',
  })
  await new Promise((resolve) => server.close(resolve))
})
