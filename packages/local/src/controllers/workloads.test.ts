import { afterEach, describe, expect, test } from '@jest/globals'
import { deployments, jobs, pods, replicaSets, type V1Deployment, type V1Pod } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { FakeKubeClient, RecordingEvents, syncedInformers } from '@knative-ts/kube/testing'
import { silentLogger } from '@knative-ts/observability'
import { makeDeploymentController } from './deployment-controller.ts'
import { makeJobController } from './job-controller.ts'
import { makeReplicaSetController } from './replica-set-controller.ts'

let abort = new AbortController()
afterEach(() => abort.abort())

async function start(client: FakeKubeClient) {
  abort = new AbortController()
  const clock = new ManualClock()
  const events = new RecordingEvents()
  const controllers = await syncedInformers(client, clock, abort.signal, (informers) => {
    const dependencies = { client, informers, clock, logger: silentLogger, events }
    return [
      makeDeploymentController(dependencies),
      makeReplicaSetController(dependencies),
      makeJobController(dependencies),
    ]
  })
  for (const controller of controllers) void controller.run(abort.signal)
  const settle = async () => {
    for (let i = 0; i < 10; i++) await clock.settle()
  }
  await settle()
  return { clock, events, settle }
}

const web = (replicas: number, image: string): V1Deployment => ({
  metadata: { name: 'web', namespace: 'ns', uid: 'web-uid' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }] } },
  } as unknown as V1Deployment['spec'],
})

function makeReady(client: FakeKubeClient) {
  for (const pod of client.peekAll(pods)) {
    client.replace(pods, {
      ...pod,
      status: { phase: 'Running', podIP: '127.1.0.1', conditions: [{ type: 'Ready', status: 'True' }] },
    } as V1Pod)
  }
}

const images = (client: FakeKubeClient) => client.peekAll(pods).map((pod) => pod.spec?.containers[0]?.image)

describe('Deployments', () => {
  test('become pods, and report when those are ready', async () => {
    const client = new FakeKubeClient()
    client.seed(deployments, web(3, 'one'))
    const { clock, settle } = await start(client)
    expect(images(client)).toEqual(['one', 'one', 'one'])
    expect(client.peek(deployments, 'ns', 'web')?.status).toBeUndefined()
    // What is said of starting pods waits a little, what is said of ready ones doesn't.
    await clock.advance(250)
    await settle()
    await clock.advance(250)
    await settle()
    expect(client.peek(deployments, 'ns', 'web')?.status).toMatchObject({ replicas: 3 })
    makeReady(client)
    await settle()
    expect(client.peek(deployments, 'ns', 'web')?.status).toMatchObject({
      readyReplicas: 3,
      availableReplicas: 3,
    })
  })

  test('roll to a new template without going below the wanted number', async () => {
    const client = new FakeKubeClient()
    client.seed(deployments, web(2, 'one'))
    const { settle } = await start(client)
    makeReady(client)
    await settle()
    const current = client.peek(deployments, 'ns', 'web')
    client.replace(deployments, { ...web(2, 'two'), ...(current?.status ? { status: current.status } : {}) })
    await settle()
    expect(images(client)).toEqual(['one', 'one', 'two'])
    for (let i = 0; i < 4; i++) {
      makeReady(client)
      await settle()
      expect(client.peekAll(pods).length).toBeGreaterThanOrEqual(2)
    }
    expect(images(client)).toEqual(['two', 'two'])
    expect(client.peekAll(replicaSets)).toHaveLength(2)
  })

  test('scale down by removing the least useful pods, and replace lost ones', async () => {
    const client = new FakeKubeClient()
    client.seed(deployments, web(2, 'one'))
    const { settle } = await start(client)
    const [ready] = client.peekAll(pods)
    if (!ready) throw new Error('no pod was made')
    client.replace(pods, {
      ...ready,
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    } as V1Pod)
    await settle()
    const object = client.peek(deployments, 'ns', 'web')
    if (object?.spec) client.replace(deployments, { ...object, spec: { ...object.spec, replicas: 1 } })
    await settle()
    expect(client.peekAll(pods).map((pod) => pod.metadata.name)).toEqual([ready.metadata.name])
    client.remove(pods, 'ns', ready.metadata.name ?? '')
    await settle()
    expect(client.peekAll(pods)).toHaveLength(1)
  })
})

test('a Job runs until it succeeded, and is removed after its time to live', async () => {
  const client = new FakeKubeClient()
  client.seed(jobs, {
    metadata: { name: 'once', namespace: 'ns', uid: 'job-uid' },
    spec: {
      backoffLimit: 1,
      ttlSecondsAfterFinished: 60,
      template: { spec: { containers: [{ name: 'c' }], restartPolicy: 'Never' } },
    },
  })
  const { settle, clock } = await start(client)
  const phase = (name: string, value: string) => {
    const pod = client.peek(pods, 'ns', name)
    if (pod) client.replace(pods, { ...pod, status: { phase: value } } as V1Pod)
  }
  phase('once-0', 'Failed')
  await settle()
  phase('once-1', 'Succeeded')
  await settle()
  expect(client.peek(jobs, 'ns', 'once')?.status).toMatchObject({
    succeeded: 1,
    failed: 1,
    conditions: [{ type: 'Complete', status: 'True' }],
  })
  await clock.advance(61_000)
  expect(client.peek(jobs, 'ns', 'once')).toBeUndefined()
})
