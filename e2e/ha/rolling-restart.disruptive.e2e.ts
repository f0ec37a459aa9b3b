import { describe, expect, test } from '@jest/globals'
import { deployments } from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import { eventually } from '../harness/eventually.ts'
import { underLoad } from '../harness/load.ts'
import { connectSuite } from '../harness/suite.ts'
import { awaitGone, type Component, components, podsOf } from './components.ts'

const { workspace, client, gateway, needs } = await connectSuite()

/** Replaces all pods as `kubectl rollout restart` does, and resolves when that is done. */
async function restart({ namespace, name }: Component): Promise<void> {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date(systemClock.now()).toISOString() }
  await client.patch(deployments, namespace, name, {
    type: 'merge',
    body: { spec: { template: { metadata: { annotations } } } },
  })
  await eventually(
    `the rollout of ${name}`,
    async () => {
      const { metadata, spec, status } = await client.get(deployments, namespace, name)
      const wanted = spec?.replicas ?? 1
      return (
        status?.observedGeneration === metadata.generation &&
        status?.updatedReplicas === wanted &&
        status?.availableReplicas === wanted &&
        status?.replicas === wanted
      )
    },
    { withinMs: 150_000, everyMs: 200 },
  )
}

const serve = () =>
  workspace.serve({
    image: 'autoscale',
    annotations: {
      'autoscaling.knative.dev/min-scale': '1',
      'autoscaling.knative.dev/target-burst-capacity': '-1',
    },
  })

describe('a rolling restart under load', () => {
  test.each<[string, Component]>([
    ['activator', components.activator],
    ['autoscaler', components.autoscaler],
    ['controller', components.controller],
    ['webhook', components.webhook],
    ['net-kourier-controller', components.netKourier],
  ])('of the %s: no request fails, and an update goes through meanwhile', async (_, component) => {
    const service = await serve()
    const { failures, requests } = await underLoad(
      gateway,
      `${service.status?.url}/?sleep=20`,
      4,
      async () => {
        const restarting = restart(component)
        await workspace.update(service.metadata.name ?? '', ({ spec }) => {
          spec.template.spec.containers[0]!.env = [{ name: 'V', value: '2' }]
        })
        await restarting
        await systemClock.sleep(2_000)
      },
      10,
    )
    expect(failures).toEqual({})
    expect(requests).toBeGreaterThan(50)
  })
  needs('ownPorts')('of the gateway: no request fails', async () => {
    const service = await serve()
    const { failures, requests } = await underLoad(
      gateway,
      `${service.status?.url}/?sleep=20`,
      4,
      async () => {
        const before = await podsOf(client, components.gateway)
        await restart(components.gateway)
        for (const pod of before) await awaitGone(client, pod)
      },
      10,
    )
    expect(failures).toEqual({})
    expect(requests).toBeGreaterThan(50)
  })
})
