import { describe, expect, test } from '@jest/globals'
import { pods, services } from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import { eventually } from '../harness/eventually.ts'
import { tally, underLoad } from '../harness/load.ts'
import { connectSuite } from '../harness/suite.ts'

const { workspace, client, gateway } = await connectSuite()

describe('a pod that is deleted', () => {
  test('finishes the requests it has', async () => {
    const service = await workspace.serve({
      image: 'autoscale',
      spec: { containerConcurrency: 10 },
      annotations: { 'autoscaling.knative.dev/target-burst-capacity': '0' },
    })
    const revision = service.status?.latestReadyRevisionName ?? ''
    const [pod] = await workspace.podsOf(revision)
    const running = Array.from({ length: 6 }, () => workspace.get(service, '/?sleep=8000'))
    await systemClock.sleep(1_000)
    await client.delete(pods, workspace.namespace, pod?.metadata.name ?? '')
    const answers = await Promise.all(running)
    expect(tally(answers.map(({ status }) => String(status)))).toEqual({ 200: 6 })
    for (const { body } of answers) expect(body).toContain('Slept for 8000 milliseconds.')
  })

  test('finishes the requests it has when its Service goes', async () => {
    const service = await workspace.serve({ image: 'timeout' })
    const running = workspace.get(service, '/?initialTimeout=8000')
    await systemClock.sleep(1_000)
    await client.delete(services, workspace.namespace, service.metadata.name ?? '')
    expect(await running).toMatchObject({ status: 200, body: 'Slept for 8000 milliseconds' })
  })

  test('is gone long before its time limit when it is idle', async () => {
    const service = await workspace.serve({ image: 'autoscale', spec: { timeoutSeconds: 300 } })
    const [pod] = await workspace.podsOf(service.status?.latestReadyRevisionName ?? '')
    const name = pod?.metadata.name ?? ''
    await client.delete(pods, workspace.namespace, name)
    await eventually(
      'the pod gone',
      async () => {
        const { items } = await client.list(pods, {
          namespace: workspace.namespace,
          fieldSelector: `metadata.name=${name}`,
        })
        return items.length === 0
      },
      { withinMs: 60_000 },
    )
  })
})

describe.each([
  ['directly', '0'],
  ['through the activator', '-1'],
])('under load %s', (_, burst) => {
  test('pods are deleted one after the other without one failed request', async () => {
    const service = await workspace.serve({
      image: 'autoscale',
      annotations: {
        'autoscaling.knative.dev/min-scale': '2',
        'autoscaling.knative.dev/max-scale': '2',
        'autoscaling.knative.dev/target-burst-capacity': burst,
      },
    })
    const revision = service.status?.latestReadyRevisionName ?? ''
    const url = service.status?.url ?? ''
    const { failures, requests } = await underLoad(
      gateway,
      `${url}/?sleep=50`,
      4,
      async () => {
        for (const pod of await workspace.scaled(revision, 2)) {
          const name = pod.metadata.name ?? ''
          await client.delete(pods, workspace.namespace, name)
          await workspace.scaled(revision, 2)
        }
        await systemClock.sleep(1_000)
      },
      10,
    )
    expect(failures).toEqual({})
    expect(requests).toBeGreaterThan(50)
  })
})
