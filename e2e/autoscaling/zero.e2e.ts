import { describe, expect, test } from '@jest/globals'
import { conditionOf, podAutoscalers, revisions, type Service } from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import { eventually } from '../harness/eventually.ts'
import { tally } from '../harness/load.ts'
import { connectSuite } from '../harness/suite.ts'

const { workspace, client } = await connectSuite()

const fast = {
  'autoscaling.knative.dev/window': '6s',
  'autoscaling.knative.dev/scale-to-zero-pod-retention-period': '0s',
}
const revisionOf = (service: Service) => service.status?.latestReadyRevisionName ?? ''
const atZero = (revision: string) => workspace.scaled(revision, 0, { withinMs: 120_000 })

describe('to zero', () => {
  test('without requests the pods go; revision and Service stay Ready', async () => {
    const service = await workspace.serve({ image: 'autoscale', annotations: fast })
    const revision = revisionOf(service)
    await atZero(revision)
    const { status } = await workspace.when(
      revisions,
      revision,
      'Active',
      ({ status, reason }) => status === 'False' && reason === 'NoTraffic',
    )
    expect(conditionOf(status, 'Ready')?.status).toBe('True')
    await eventually('no replicas in the status', async () => {
      const now = await workspace.revision(revision)
      return (now.status?.actualReplicas ?? 0) === 0 && (now.status?.desiredReplicas ?? 0) === 0
    })
    const after = await workspace.service(service.metadata.name ?? '')
    expect(conditionOf(after.status, 'Ready')?.status).toBe('True')
  })

  test('the pod is kept for the retention period', async () => {
    const service = await workspace.serve({
      image: 'autoscale',
      annotations: { ...fast, 'autoscaling.knative.dev/scale-to-zero-pod-retention-period': '15s' },
    })
    const readyMs = systemClock.monotonic()
    await atZero(revisionOf(service))
    expect(systemClock.monotonic() - readyMs).toBeGreaterThan(14_000)
  })

  test('a request that is under way keeps its pod', async () => {
    const service = await workspace.serve({ image: 'autoscale', annotations: fast })
    const { status, body } = await workspace.get(service, '/?sleep=20000')
    expect([status, body.split('\n')[0]]).toEqual([200, 'Slept for 20000 milliseconds.'])
  })

  test('a revision without traffic goes to zero, though it has a minimum', async () => {
    const { metadata } = await workspace.serve({
      image: 'autoscale',
      annotations: { ...fast, 'autoscaling.knative.dev/min-scale': '2' },
    })
    const name = metadata.name ?? ''
    await workspace.scaled(`${name}-00001`, 2)
    await workspace.update(name, ({ spec }) => {
      spec.template.spec.containers[0]!.env = [{ name: 'V', value: '2' }]
    })
    await atZero(`${name}-00001`)
    await workspace.scaled(`${name}-00002`, 2)
  })
})

describe('from zero', () => {
  test('the first request waits for a pod and is answered', async () => {
    const service = await workspace.serve({ image: 'autoscale', annotations: fast })
    const revision = revisionOf(service)
    await atZero(revision)
    expect((await workspace.get(service)).status).toBe(200)
    await eventually('Active', async () => {
      const autoscaler = await client.get(podAutoscalers, workspace.namespace, revision)
      return conditionOf(autoscaler.status, 'Active')?.status === 'True'
    })
  })

  test('there and back several times', async () => {
    const service = await workspace.serve({ image: 'autoscale', annotations: fast })
    for (let round = 0; round < 3; round++) {
      await atZero(revisionOf(service))
      expect((await workspace.get(service)).status).toBe(200)
    }
  })

  test('a hundred requests at once are all answered', async () => {
    const service = await workspace.serve({
      image: 'autoscale',
      annotations: { ...fast, 'autoscaling.knative.dev/max-scale': '3' },
      spec: { containerConcurrency: 10 },
    })
    await atZero(revisionOf(service))
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => workspace.get(service, '/?sleep=100')),
    )
    expect(tally(answers.map(({ status }) => String(status)))).toEqual({ 200: 100 })
  })

  test('a program that starts slowly is waited for', async () => {
    const service = await workspace.serve({
      image: 'slowstart',
      env: { START_MS: '4000' },
      annotations: fast,
    })
    await atZero(revisionOf(service))
    expect(await workspace.get(service)).toMatchObject({ status: 200, body: 'Worth the wait!\n' })
  })

  test('activation-scale says how many pods come up', async () => {
    const service = await workspace.serve({
      image: 'autoscale',
      annotations: { ...fast, 'autoscaling.knative.dev/activation-scale': '3' },
    })
    const revision = revisionOf(service)
    await atZero(revision)
    const answer = workspace.get(service, '/?sleep=3000')
    await eventually('three desired replicas', async () => {
      return (await workspace.revision(revision)).status?.desiredReplicas === 3
    })
    expect((await answer).status).toBe(200)
  })
})
