import { afterEach, expect, test } from '@jest/globals'
import {
  coreServices,
  endpointSlices,
  endpoints,
  pods,
  type V1Pod,
  type V1Service,
  type V1ServicePort,
} from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { FakeKubeClient, RecordingEvents, syncedInformers } from '@knative-ts/kube/testing'
import { silentLogger } from '@knative-ts/observability'
import { makeEndpointsController } from './endpoints-controller.ts'

let abort = new AbortController()
afterEach(() => abort.abort())

const pod = (name: string, ip: string, ready: boolean, meta: V1Pod['metadata'] = {}): V1Pod => ({
  metadata: { name, namespace: 'ns', uid: `uid-${name}`, labels: { app: 'web', x: 'y' }, ...meta },
  spec: { containers: [{ name: 'c', ports: [{ name: 'named', containerPort: 9000 }] }], nodeName: 'local' },
  status: { phase: 'Running', podIP: ip, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
})

const service = (spec: V1Service['spec']): V1Service => ({ metadata: { name: 'web', namespace: 'ns' }, spec })
const ports = [
  { name: 'http', port: 80, targetPort: 8012 },
  { name: 'other', port: 81, targetPort: 'named' },
] as unknown as V1ServicePort[]

async function start(client: FakeKubeClient) {
  abort = new AbortController()
  const clock = new ManualClock()
  const controller = await syncedInformers(client, clock, abort.signal, (informers) =>
    makeEndpointsController({
      client,
      informers,
      clock,
      logger: silentLogger,
      events: new RecordingEvents(),
    }),
  )
  void controller.run(abort.signal)
  await clock.settle()
  return clock
}

test('ready, unready and leaving pods of a Service', async () => {
  const client = new FakeKubeClient()
  client.seed(coreServices, service({ selector: { app: 'web' }, ports }))
  client.seed(
    pods,
    pod('a', '127.1.0.1', true),
    pod('b', '127.1.0.2', false),
    pod('c', '127.1.0.3', true, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    pod('d', '127.1.0.4', true, { labels: { app: 'other' } }),
  )
  const clock = await start(client)
  const [subset] = client.peek(endpoints, 'ns', 'web')?.subsets ?? []
  expect(subset?.addresses?.map(({ ip }) => ip)).toEqual(['127.1.0.1'])
  expect(subset?.notReadyAddresses?.map(({ ip }) => ip)).toEqual(['127.1.0.2'])
  expect(subset?.ports?.map(({ name, port }) => `${name}:${port}`)).toEqual(['http:8012', 'other:9000'])
  const slice = client.peek(endpointSlices, 'ns', 'web')
  expect(slice?.metadata.labels).toMatchObject({ 'kubernetes.io/service-name': 'web' })
  expect(
    slice?.endpoints?.map(({ addresses, conditions }) => [
      addresses[0],
      conditions?.ready,
      conditions?.terminating,
    ]),
  ).toEqual([
    ['127.1.0.1', true, false],
    ['127.1.0.2', false, false],
    ['127.1.0.3', false, true],
  ])

  client.replace(pods, pod('b', '127.1.0.2', true))
  await clock.settle()
  expect(client.peek(endpoints, 'ns', 'web')?.subsets?.[0]?.addresses).toHaveLength(2)

  const writes = client.writes.length
  client.replace(pods, pod('b', '127.1.0.2', true, { annotations: { unrelated: 'x' } }))
  await clock.settle()
  expect(client.writes).toHaveLength(writes)
})

test('Endpoints written by hand are mirrored into a slice and follow it', async () => {
  const client = new FakeKubeClient()
  client.seed(coreServices, service({ ports }))
  client.seed(endpoints, {
    metadata: { name: 'web', namespace: 'ns' },
    subsets: [{ addresses: [{ ip: '127.9.9.9' }], ports: [{ name: 'http', port: 8012 }] }],
  })
  const clock = await start(client)
  expect(client.peek(endpointSlices, 'ns', 'web')?.endpoints?.[0]?.addresses).toEqual(['127.9.9.9'])
  client.replace(endpoints, { metadata: { name: 'web', namespace: 'ns' }, subsets: [] })
  await clock.settle()
  expect(client.peek(endpointSlices, 'ns', 'web')).toBeUndefined()
})

test('a pod that is starting is told of a little later than one that is ready', async () => {
  const client = new FakeKubeClient()
  client.seed(coreServices, service({ selector: { app: 'web' }, ports }))
  client.seed(pods, pod('a', '127.1.0.1', true))
  const clock = await start(client)
  const notReady = () => client.peek(endpoints, 'ns', 'web')?.subsets?.[0]?.notReadyAddresses ?? []
  const told = () => client.peek(endpointSlices, 'ns', 'web')?.endpoints?.map(({ addresses }) => addresses[0])
  client.replace(pods, pod('b', '127.1.0.2', false))
  await clock.settle()
  expect(notReady()).toEqual([])
  expect(told()).toEqual(['127.1.0.1'])
  await clock.advance(250)
  expect(notReady()).toHaveLength(1)
  expect(told()).toEqual(['127.1.0.1', '127.1.0.2'])
  client.replace(pods, pod('c', '127.1.0.3', true))
  await clock.settle()
  expect(told()).toEqual(['127.1.0.1', '127.1.0.3', '127.1.0.2'])
})

test('both go with the Service', async () => {
  const client = new FakeKubeClient()
  client.seed(coreServices, service({ selector: { app: 'web' }, ports }))
  client.seed(pods, pod('a', '127.1.0.1', true))
  const clock = await start(client)
  client.remove(coreServices, 'ns', 'web')
  await clock.settle()
  expect(client.peekAll(endpoints)).toEqual([])
  expect(client.peekAll(endpointSlices)).toEqual([])
})
