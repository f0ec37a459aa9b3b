import { describe, expect, test } from '@jest/globals'
import { leases } from '@knative-ts/apis'
import { eventually } from '../harness/eventually.ts'
import { underLoad } from '../harness/load.ts'
import { connectSuite } from '../harness/suite.ts'
import {
  type Component,
  components,
  deletePod,
  podsOf,
  replicasOf,
  scaleTo,
  systemNamespace,
} from './components.ts'

const { workspace, client, gateway } = await connectSuite()

const patience = { withinMs: 120_000, everyMs: 500 }

/** Holders of the component's leases: pod names, with how many leases each has. */
async function holders({ name }: Component): Promise<Map<string, number>> {
  const { items } = await client.list(leases, { namespace: systemNamespace })
  const found = new Map<string, number>()
  for (const { spec } of items) {
    const pod = (spec?.holderIdentity ?? '').split('_', 1)[0] ?? ''
    if (pod.split('-').slice(0, -2).join('-') !== name) continue
    found.set(pod, (found.get(pod) ?? 0) + 1)
  }
  return found
}

const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0)

describe.each<[string, Component, number, number]>([
  ['controller', components.controller, 2, 6],
  ['controller', components.controller, 3, 6],
  ['webhook', components.webhook, 2, 4],
  ['webhook', components.webhook, 3, 4],
  ['autoscaler', components.autoscaler, 2, 1],
  ['autoscaler', components.autoscaler, 3, 1],
  ['net-kourier-controller', components.netKourier, 2, 1],
  ['net-kourier-controller', components.netKourier, 3, 1],
])('%s', (_, component, replicas, leastLeases) => {
  test(`${replicas} replicas: when the leaders go, others take over every lease`, async () => {
    const before = await replicasOf(client, component)
    const service = await workspace.serve({
      image: 'autoscale',
      annotations: { 'autoscaling.knative.dev/min-scale': '1' },
    })
    await scaleTo(client, component, replicas)
    try {
      const leaders = await holders(component)
      const count = sum(leaders.values())
      expect(count).toBeGreaterThanOrEqual(leastLeases)
      const { failures } = await underLoad(
        gateway,
        service.status?.url ?? '',
        2,
        async () => {
          for (const pod of await podsOf(client, component)) {
            if (leaders.has(pod.metadata.name ?? '')) await deletePod(client, pod)
          }
          await eventually(
            'new holders of all leases',
            async () => {
              const now = await holders(component)
              return sum(now.values()) === count && ![...now.keys()].some((pod) => leaders.has(pod))
            },
            patience,
          )
        },
        20,
      )
      expect(failures).toEqual({})
      const created = await workspace.serve({ image: 'runtime' })
      expect((await workspace.get(created)).status).toBe(200)
    } finally {
      await scaleTo(client, component, before)
    }
  })
})

describe('autoscaler', () => {
  test('of two, the one that is left scales from zero and up', async () => {
    const before = await replicasOf(client, components.autoscaler)
    await scaleTo(client, components.autoscaler, 2)
    try {
      const service = await workspace.serve({
        image: 'autoscale',
        annotations: {
          'autoscaling.knative.dev/window': '6s',
          'autoscaling.knative.dev/scale-to-zero-pod-retention-period': '0s',
          'autoscaling.knative.dev/target': '1',
          'autoscaling.knative.dev/max-scale': '3',
          'autoscaling.knative.dev/target-burst-capacity': '-1',
        },
      })
      const revision = service.status?.latestReadyRevisionName ?? ''
      await workspace.scaled(revision, 0, { withinMs: 120_000 })
      const leaders = await holders(components.autoscaler)
      for (const pod of await podsOf(client, components.autoscaler)) {
        if (leaders.has(pod.metadata.name ?? '')) await deletePod(client, pod)
      }
      const { failures } = await underLoad(gateway, `${service.status?.url}/?sleep=300`, 6, async () => {
        await workspace.scaled(revision, 3)
      })
      expect(failures).toEqual({})
    } finally {
      await scaleTo(client, components.autoscaler, before)
    }
  })
})
