import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Service } from '@knative-ts/apis'
import { systemClock } from '@knative-ts/clock'
import { eventually } from '../harness/eventually.ts'
import { underLoad } from '../harness/load.ts'
import { connectSuite } from '../harness/suite.ts'
import {
  awaitGone,
  awaitPods,
  type Component,
  components,
  deletePod,
  podsOf,
  replicasOf,
  scaleTo,
} from './components.ts'

const { workspace, client, gateway } = await connectSuite()

const fast = {
  'autoscaling.knative.dev/window': '6s',
  'autoscaling.knative.dev/scale-to-zero-pod-retention-period': '0s',
}
const pauseMs = 10
const workers = 4
let steady: Service

beforeAll(async () => {
  steady = await workspace.serve({
    image: 'autoscale',
    annotations: {
      'autoscaling.knative.dev/min-scale': '2',
      'autoscaling.knative.dev/max-scale': '2',
      'autoscaling.knative.dev/target-burst-capacity': '-1',
    },
  })
})

const loadSteady = (whilst: () => Promise<void>) =>
  underLoad(gateway, `${steady.status?.url}/?sleep=20`, workers, whilst, pauseMs)

/** Deletes every pod of a component, one after the other, each replaced before the next. */
async function replaceEachPod(component: Component, graceSeconds?: number): Promise<void> {
  const replicas = await replicasOf(client, component)
  for (const pod of await podsOf(client, component)) {
    await deletePod(client, pod, graceSeconds)
    await eventually('another pod', async () => {
      const names = (await podsOf(client, component)).map(({ metadata }) => metadata.name)
      return names.length === replicas && !names.includes(pod.metadata.name)
    })
    await awaitPods(client, component, replicas)
  }
}

async function expectWorking(): Promise<void> {
  const service = await workspace.serve({ image: 'runtime' })
  expect((await workspace.get(service)).status).toBe(200)
}

describe('a component whose pod is deleted, outside of the path of requests', () => {
  test.each<[string, Component]>([
    ['controller', components.controller],
    ['webhook', components.webhook],
    ['autoscaler', components.autoscaler],
    ['net-kourier-controller', components.netKourier],
  ])('%s: no request fails, and new Services work after', async (_, component) => {
    const { failures, requests } = await loadSteady(async () => {
      await replaceEachPod(component)
      await systemClock.sleep(2_000)
    })
    expect(failures).toEqual({})
    expect(requests).toBeGreaterThan(100)
    await expectWorking()
  })

  test.each<[string, Component]>([
    ['controller', components.controller],
    ['webhook', components.webhook],
    ['autoscaler', components.autoscaler],
    ['net-kourier-controller', components.netKourier],
  ])('%s, killed at once: no request fails, and new Services work after', async (_, component) => {
    const { failures } = await loadSteady(async () => {
      await replaceEachPod(component, 0)
      await systemClock.sleep(2_000)
    })
    expect(failures).toEqual({})
    await expectWorking()
  })

  test('an autoscaler that comes back keeps the pods that there are', async () => {
    const service = await workspace.serve({
      image: 'autoscale',
      annotations: { 'autoscaling.knative.dev/target': '1', 'autoscaling.knative.dev/max-scale': '3' },
    })
    const revision = service.status?.latestReadyRevisionName ?? ''
    let fewest = 3
    await underLoad(gateway, `${service.status?.url}/?sleep=300`, 6, async () => {
      await workspace.scaled(revision, 3)
      await replaceEachPod(components.autoscaler)
      for (let look = 0; look < 40; look++) {
        fewest = Math.min(fewest, (await workspace.podsOf(revision)).length)
        await systemClock.sleep(250)
      }
    })
    expect(fewest).toBe(3)
  })
})

describe('activators', () => {
  test.each<[string, string, number | undefined, number]>([
    ['deleted', 'no request fails', undefined, 0],
    ['killed', 'at most one request in ten fails', 0, 0.1],
  ])('of two, each %s in turn: %s, and a Service wakes from zero', async (_, __, graceSeconds, share) => {
    const asleep = await workspace.serve({ image: 'autoscale', annotations: fast })
    const before = await replicasOf(client, components.activator)
    await scaleTo(client, components.activator, Math.max(2, before))
    try {
      // The new activator has to be in the gateway's endpoints before it counts.
      await systemClock.sleep(2_000)
      const { failures, requests } = await loadSteady(async () => {
        await replaceEachPod(components.activator, graceSeconds)
        await systemClock.sleep(2_000)
      })
      const failed = Object.values(failures).reduce((sum, count) => sum + count, 0)
      expect({ failures, few: failed <= requests * share }).toEqual({ failures, few: true })
      await workspace.scaled(asleep.status?.latestReadyRevisionName ?? '', 0, { withinMs: 120_000 })
      expect((await workspace.get(asleep)).status).toBe(200)
    } finally {
      await scaleTo(client, components.activator, before)
    }
  })
})

describe('the gateway', () => {
  test('with all its pods deleted, requests are answered again as soon as it is back', async () => {
    const old = await podsOf(client, components.gateway)
    for (const pod of old) await deletePod(client, pod)
    for (const pod of old) await awaitGone(client, pod)
    await awaitPods(client, components.gateway, await replicasOf(client, components.gateway))
    await eventually('an answer', async () => (await workspace.get(steady)).status === 200)
    const { failures } = await loadSteady(() => systemClock.sleep(3_000))
    expect(failures).toEqual({})
    await expectWorking()
  })
})
