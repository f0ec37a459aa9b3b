import { describe, expect, test } from '@jest/globals'
import { services } from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import { tally } from '../harness/load.ts'
import { connectSuite } from '../harness/suite.ts'
import { openSocket } from './open-socket.ts'

const { workspace, gateway, client } = await connectSuite()

const open = (service: { status?: { url?: string } }, path = '/') =>
  openSocket(gateway.origin, `${service.status?.url}${path}`)

describe.each([
  ['directly', '0'],
  ['through the activator', '-1'],
])('%s', (_, burst) => {
  test('messages of all sizes come back in order, and the close is clean', async () => {
    const service = await workspace.serve({
      image: 'wsecho',
      annotations: {
        'autoscaling.knative.dev/target-burst-capacity': burst,
        'autoscaling.knative.dev/min-scale': '1',
      },
    })
    using socket = await open(service)
    const texts = [1, 125, 126, 65_535, 65_536, 1_000_000].map((size) => 'x'.repeat(size))
    for (const text of texts) socket.send(text)
    for (const text of texts) expect((await socket.next()) === text).toBe(true)
    socket.close(1000)
    expect(await socket.closed).toEqual({ code: 1000, reason: '' })
  })
})

describe('traffic', () => {
  test('a connection wakes the service from zero', async () => {
    const service = await workspace.serve({
      image: 'wsecho',
      annotations: {
        'autoscaling.knative.dev/window': '6s',
        'autoscaling.knative.dev/scale-to-zero-pod-retention-period': '0s',
      },
    })
    await workspace.scaled(service.status?.latestReadyRevisionName ?? '', 0, { withinMs: 120_000 })
    using socket = await open(service)
    socket.send('awake?')
    expect(await socket.next()).toBe('awake?')
  })

  test('connections are split between revisions as requests are', async () => {
    const name = workspace.name('split')
    await workspace.serve({ image: 'wsecho', name, env: { SUFFIX: 'blue' } })
    const service = await workspace.update(name, ({ spec }) => {
      spec.template.spec.containers[0]!.env = [{ name: 'SUFFIX', value: 'green' }]
      spec.traffic = [
        { revisionName: `${name}-00001`, percent: 50 },
        { latestRevision: true, percent: 50 },
      ]
    })
    const echo = async () => {
      using socket = await open(service)
      socket.send('I am')
      return await socket.next()
    }
    const counts = tally(await Promise.all(Array.from({ length: 200 }, echo)))
    expect(Object.keys(counts).sort()).toEqual(['I am blue', 'I am green'])
    for (const count of Object.values(counts)) {
      expect(count).toBeGreaterThanOrEqual(75)
      expect(count).toBeLessThanOrEqual(125)
    }
  })
})

describe('the end of a pod', () => {
  test('lets the program say goodbye: the client sees 1000', async () => {
    const service = await workspace.serve({ image: 'wsecho' })
    using socket = await open(service)
    socket.send('hello')
    expect(await socket.next()).toBe('hello')
    await client.delete(services, workspace.namespace, service.metadata.name ?? '')
    expect(await socket.closed).toEqual({ code: 1000, reason: 'bye' })
  })
})

describe('time limits', () => {
  const limits = { timeoutSeconds: 6, responseStartTimeoutSeconds: 6, idleTimeoutSeconds: 6 }

  test.each([
    ['timeoutSeconds', { timeoutSeconds: 6 }],
    ['responseStartTimeoutSeconds', { timeoutSeconds: 60, responseStartTimeoutSeconds: 6 }],
    ['idleTimeoutSeconds', { timeoutSeconds: 60, idleTimeoutSeconds: 6 }],
  ])('%s ends a connection that is silent for longer, not one that answers in time', async (__, spec) => {
    const service = await workspace.serve({ image: 'wsecho', spec })
    using quick = await open(service, '/?delay=2000')
    quick.send('in time')
    expect(await quick.next()).toBe('in time')
    using slow = await open(service, '/?delay=15000')
    const startedMs = systemClock.monotonic()
    slow.send('too late')
    expect((await slow.closed).code).not.toBe(1000)
    expect(systemClock.monotonic() - startedMs).toBeLessThan(12_000)
  })

  test('activity keeps a connection alive beyond the idle limit', async () => {
    const service = await workspace.serve({
      image: 'wsecho',
      spec: { ...limits, timeoutSeconds: 60, idleTimeoutSeconds: 3, responseStartTimeoutSeconds: 60 },
    })
    using socket = await open(service)
    for (let i = 0; i < 8; i++) {
      await systemClock.sleep(1_000)
      socket.send(String(i))
      expect(await socket.next()).toBe(String(i))
    }
  })
})
