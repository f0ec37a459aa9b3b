import { once } from 'node:events'
import { connect } from 'node:http2'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { revisions } from '@knative-ts/apis'
import { roomyQueue, TestWorld } from './testing/test-world.ts'

let world: TestWorld

beforeEach(() => {
  world = new TestWorld()
})

afterEach(() => world.stop())

describe('a cold start', () => {
  test('is timed from arrival to first byte, for the request that had to wait', async () => {
    const heard: string[] = []
    await world.start({ onColdStart: (revision, ms) => heard.push(`${revision.key} ${ms}`) })
    world.addRevision('hello-00001')
    const first = world.get('hello-00001')
    await world.until(() => world.loads.length > 0)
    await world.clock.advance(1234)
    world.listPods('hello-00001', [await world.addPod('pod-1', '127.0.7.31')])
    expect((await first.response).headers['k-cold-start']).toBe('1234')
    expect((await world.get('hello-00001').response).headers['k-cold-start']).toBeUndefined()
    expect(heard).toEqual(['default/hello-00001 1234'])
  })

  test('over HTTP/2 is told in the same header', async () => {
    await world.start()
    world.addRevision('hello-00001', {
      containers: [{ name: 'user', ports: [{ name: 'h2c', containerPort: 8080 }] }],
    })
    const session = connect(`http://127.0.0.1:${world.activator.ports.h2c}`)
    const stream = session.request({
      ':path': '/',
      'knative-serving-revision': 'hello-00001',
      'knative-serving-namespace': 'default',
    })
    await world.until(() => world.loads.length > 0)
    await world.clock.advance(100)
    world.listPods('hello-00001', [await world.addPod('pod-1', '127.0.7.35')], [], 'http2')
    const [headers] = await once(stream, 'response')
    session.destroy()
    expect([headers[':status'], headers['k-cold-start']]).toEqual([200, '100'])
  })

  test('does not flood the first pod', async () => {
    await world.start()
    world.addRevision('hello-00001')
    const requests = Array.from({ length: 50 }, () => world.get('hello-00001'))
    const { throttler } = world.activator.revisions.find({ namespace: 'default', name: 'hello-00001' })!
    while (throttler.waiting < 50) await world.clock.settle()
    const pod = await world.addPod('pod-1', '127.0.7.32')
    pod.holding = true
    world.listPods('hello-00001', [pod])
    await pod.received(32)
    expect([throttler.active, throttler.waiting]).toEqual([32, 18])
    pod.holding = false
    for (let i = 0; i < 32; i++) pod.release()
    const statuses = await Promise.all(requests.map(async ({ response }) => (await response).status))
    expect(statuses).toEqual(Array(50).fill(200))
  })
})

describe('a revision that cannot start', () => {
  const failing = {
    conditions: [
      { type: 'ContainerHealthy', status: 'False' as const, reason: 'ExitCode1', message: 'secret output' },
    ],
  }
  const refusal = { status: 503, body: 'revision cannot start: ExitCode1\n' }

  test('refuses who waits as soon as its status says so, and who comes later', async () => {
    await world.start()
    const revision = world.addRevision('hello-00001')
    const waiting = world.get('hello-00001')
    await world.until(() => world.loads.length > 0)
    world.api.replace(revisions, { ...revision, status: failing })
    expect(await waiting.response).toMatchObject(refusal)
    expect(await world.get('hello-00001').response).toMatchObject(refusal)
  })

  test('serves again when a pod comes up all the same', async () => {
    await world.start()
    const revision = world.addRevision('hello-00001')
    world.api.replace(revisions, { ...revision, status: failing })
    expect(await world.get('hello-00001').response).toMatchObject(refusal)
    world.listPods('hello-00001', [await world.addPod('pod-1', '127.0.7.33')])
    const { throttler } = world.activator.revisions.find({ namespace: 'default', name: 'hello-00001' })!
    while (throttler.assignedPods.length === 0) await world.clock.advance(10)
    expect(await world.get('hello-00001').response).toMatchObject({ status: 200 })
  })

  test('is still reported when it refuses, so that it is tried again', async () => {
    await world.start()
    world.addRevision('hello-00001')
    world.api.replace(revisions, { ...world.api.peek(revisions, 'default', 'hello-00001')!, status: failing })
    await world.get('hello-00001').response
    await world.until(() => world.loads.length > 0)
    expect(world.loads).toEqual(['hello-00001 1 1'])
  })
})

describe('a full queue', () => {
  test('answers 503 and when to come back', async () => {
    await world.start({ queueLimits: () => ({ ...roomyQueue, maxRequestsPerRevision: 1 }) })
    world.addRevision('hello-00001')
    const first = world.get('hello-00001')
    await world.until(() => world.loads.length > 0)
    const { status, body, headers } = await world.get('hello-00001').response
    expect([status, body, headers['retry-after']]).toEqual([503, 'pending request queue full\n', '1'])
    world.listPods('hello-00001', [await world.addPod('pod-1', '127.0.7.34')])
    expect(await first.response).toMatchObject({ status: 200 })
  })
})
