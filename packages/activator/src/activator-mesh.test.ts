import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { childName } from '@knative-ts/apis'
import { headerValue } from '@knative-ts/http-proxy'
import { TestWorld } from './testing/test-world.ts'

let world: TestWorld

beforeEach(() => {
  world = new TestWorld()
})

afterEach(() => world.stop())

test('where a mesh keeps us from the pods, requests go through the private Service', async () => {
  await world.start()
  const pod = await world.addPod('pod-1', '127.0.7.31', false)
  const service = await world.addPod('service', '127.0.7.32')
  world.addRevision('hello-00001')
  world.addPrivateService('hello-00001', service)
  world.listPods('hello-00001', [pod])
  expect(await world.get('hello-00001').response).toMatchObject({ status: 200, body: 'service' })
  expect(pod.requests).toHaveLength(0)
})

test('the private Service of an h2c revision is reached at its port for HTTP/2', async () => {
  await world.start({ meshMode: 'enabled' })
  const service = await world.addPod('service', '127.0.7.35')
  const pod = await world.addPod('pod-1', '127.0.7.36', false)
  const ports = [{ name: 'h2c', containerPort: 8080 }]
  world.addPrivateService('hello-00001', service, 'http2')
  world.addRevision('hello-00001', { containers: [{ name: 'user', ports }] })
  world.listPods('hello-00001', [pod], [], 'http2')
  expect(await world.get('hello-00001').response).toMatchObject({ status: 200, body: 'service' })
  expect(pod.probes).toBe(0)
})

test.each(['hello-00001', `${'h'.repeat(57)}-00001`])(
  'where the mesh lets us address pods, the Host tells it which revision they belong to: %s',
  async (revision) => {
    await world.start({ podAddressability: true })
    const pod = await world.addPod('pod-1', '127.0.7.33')
    world.addRevision(revision)
    world.listPods(revision, [pod])
    await world.get(revision).response
    const [received] = pod.requests
    expect(received!.host).toBe(`${childName(revision, '-private')}.default`)
    expect(headerValue(received!.headers, 'k-passthrough-lb')).toBe('true')
    expect(headerValue(received!.headers, 'k-original-host')).toBe(`${revision}.default.example.com`)
  },
)

test('without probing, a pod that Kubernetes calls ready is trusted', async () => {
  await world.start({ meshMode: 'disabled' })
  const pod = await world.addPod('pod-1', '127.0.7.34', false)
  world.addRevision('hello-00001')
  world.listPods('hello-00001', [pod])
  expect(await world.get('hello-00001').response).toMatchObject({ status: 200, body: 'pod-1' })
  expect(pod.probes).toBe(0)
})
