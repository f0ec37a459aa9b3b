import { describe, expect, test } from '@jest/globals'
import {
  type ConditionStatus,
  conditionOf,
  deployments,
  kpaClass,
  metrics,
  type PodAutoscaler,
  podAutoscalers,
  pods,
  serverlessServices,
} from '@knative-ts/apis'
import { ApiError } from '@knative-ts/kube'
import type { RecordedWrite } from '@knative-ts/kube/testing'
import { podAutoscalerKeyReconciler } from '@knative-ts/reconciler/pod-autoscaler'
import { type Existing, existing, runTableRow, type TableRow } from '@knative-ts/reconciler/testing'
import { RevisionPods } from '../revision-pods.ts'
import type { DeciderStatus } from '../scaling/decider.ts'
import {
  ago,
  autoscalerConfig,
  deployment,
  metric,
  podAutoscaler,
  readyPods,
  revisionKey,
  serverlessService,
} from '../testing/objects.ts'
import { KpaReconciler } from './kpa-reconciler.ts'
import { ScaleTargets } from './scale-target.ts'

const nowMs = Date.UTC(2026, 0, 1, 12)

interface Row extends Partial<TableRow> {
  pa: PodAutoscaler
  decider?: DeciderStatus
  config?: Record<string, string>
  probeOk?: boolean
}

async function run(row: Row) {
  const trace = { probing: 0, probed: 0, deleted: [] as string[] }
  const {
    pa,
    decider = { desired: 1, excessBurstCapacity: 0 },
    config = {},
    probeOk = true,
    world = [],
  } = row
  const result = await runTableRow(
    { key: revisionKey, nowMs, ...row, world: [existing(podAutoscalers, pa), ...world] },
    ({ client, informers, clock, events }) => {
      const autoscaler = autoscalerConfig(config)
      return podAutoscalerKeyReconciler({
        class: kpaClass,
        client,
        informers,
        clock,
        events,
        defaults: () => autoscaler,
        kind: new KpaReconciler({
          client,
          clock,
          serverlessServices: informers.informer(serverlessServices).lister,
          metrics: informers.informer(metrics).lister,
          pods: new RevisionPods(informers),
          deciders: { ensure: () => decider, delete: (key) => void trace.deleted.push(key) },
          probes: {
            once: async () => {
              trace.probed++
              return probeOk
            },
            keepProbing: () => void trace.probing++,
          },
          targets: new ScaleTargets(client, informers),
          config: () => ({ autoscaler, progressDeadlineMs: 600_000 }),
        }),
      })
    },
  )
  const written = result.client.peek(podAutoscalers, 'default', 'hello-00001')
  return {
    ...result,
    ...trace,
    status: written?.status,
    condition: (type: string) => conditionOf(written?.status, type),
    sks: result.client.peek(serverlessServices, 'default', 'hello-00001'),
    replicas: result.client.peek(deployments, 'default', 'hello-00001-deployment')?.spec?.replicas,
    wrote: result.writes.map(({ verb, resource, subresource }: RecordedWrite) =>
      [verb, resource, subresource].filter(Boolean).join(' '),
    ),
  }
}

const world = (
  change: {
    replicas?: number
    ready?: number
    sks?: Parameters<typeof serverlessService>[0]
    metric?: Parameters<typeof metric>[0]
  } = {},
): Existing[] => [
  existing(serverlessServices, serverlessService(change.sks)),
  existing(metrics, metric(change.metric)),
  existing(deployments, deployment(change.replicas ?? 1)),
  ...readyPods(change.ready ?? 1).map((pod) => existing(pods, pod)),
]

const status = (active: ConditionStatus, since: string, reason?: string) => ({
  serviceName: 'hello-00001',
  metricsServiceName: 'hello-00001-private',
  desiredScale: 1,
  actualScale: 1,
  conditions: [
    { type: 'Active', status: active, lastTransitionTime: since, ...(reason ? { reason } : {}) },
    {
      type: 'Ready',
      status: active,
      lastTransitionTime: since,
      ...(reason ? { reason } : {}),
    },
    { type: 'SKSReady', status: 'True' as const, lastTransitionTime: since },
    { type: 'ScaleTargetInitialized', status: 'True' as const, lastTransitionTime: since },
  ],
})

describe('a new PodAutoscaler', () => {
  test('gets a ServerlessService in Proxy mode and waits for its private Service', async () => {
    const result = await run({ pa: podAutoscaler() })
    expect(result.wrote).toEqual(['create serverlessservices', 'update-status podautoscalers'])
    expect(result.sks).toMatchObject({
      metadata: {
        name: 'hello-00001',
        labels: { 'serving.knative.dev/revision': 'hello-00001' },
        annotations: { 'autoscaling.knative.dev/class': 'kpa.autoscaling.knative.dev' },
        ownerReferences: [{ kind: 'PodAutoscaler', uid: 'pa-uid', controller: true }],
      },
      spec: {
        mode: 'Proxy',
        numActivators: 2,
        protocolType: 'http1',
        objectRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hello-00001-deployment' },
      },
    })
    expect(result.sks?.metadata.annotations).not.toHaveProperty(['autoscaling.knative.dev/metric'])
    expect(result.status).toMatchObject({
      observedGeneration: 1,
      serviceName: '',
      metricsServiceName: '',
      desiredScale: -1,
      actualScale: 0,
    })
    expect(result.condition('SKSReady')).toMatchObject({
      status: 'Unknown',
      reason: 'NotReady',
      message: 'No Private Service Name',
    })
    expect(result.condition('Active')).toMatchObject({ status: 'Unknown', reason: 'Queued' })
    expect(result.condition('Ready')?.status).toBe('Unknown')
  })

  test('gets a Metric once the private Service is there', async () => {
    const result = await run({
      pa: podAutoscaler(),
      decider: { desired: -1, excessBurstCapacity: -111 },
      world: [
        existing(serverlessServices, serverlessService({ mode: 'Proxy' })),
        existing(deployments, deployment(1)),
      ],
    })
    expect(result.wrote).toEqual([
      'create metrics',
      'update serverlessservices',
      'update-status podautoscalers',
    ])
    expect(result.client.peek(metrics, 'default', 'hello-00001')?.spec).toEqual({
      stableWindow: 60e9,
      panicWindow: 6e9,
      scrapeTarget: 'hello-00001-private',
    })
    expect(result.status).toMatchObject({
      serviceName: 'hello-00001',
      metricsServiceName: 'hello-00001-private',
      desiredScale: -1,
    })
    expect(result.outcome).toEqual({ kind: 'again-after', delayMs: 630_000 })
  })

  test('with an unlimited burst capacity has nothing scraped', async () => {
    const result = await run({
      pa: podAutoscaler({ annotations: { 'autoscaling.knative.dev/target-burst-capacity': '-1' } }),
      world: world(),
    })
    expect(result.client.peek(metrics, 'default', 'hello-00001')?.spec.scrapeTarget).toBe('')
  })

  test('of another class is left alone, and forgotten here', async () => {
    const pa = podAutoscaler({
      annotations: { 'autoscaling.knative.dev/class': 'hpa.autoscaling.knative.dev' },
    })
    const result = await run({ pa, world: world() })
    expect(result.wrote).toEqual([])
    expect(result.deleted).toEqual([revisionKey])
  })

  test('without labels is an error', async () => {
    const pa = podAutoscaler()
    pa.metadata.labels = {}
    const result = await run({ pa, world: world() })
    expect(result.outcome.kind).toBe('retry')
    expect(result.events).toEqual([
      'Warning InternalError label "serving.knative.dev/configuration" not found or empty in Decider hello-00001',
    ])
  })
})

describe('while there is load', () => {
  const pa = podAutoscaler({ status: status('True', ago(nowMs, 100)) })

  test('a steady state writes nothing', async () => {
    const result = await run({ pa, world: world({ sks: { mode: 'Serve', numActivators: 4 } }) })
    expect(result.wrote).toEqual([])
    expect(result.outcome).toEqual({ kind: 'done' })
  })

  test('the target is scaled before anything else is written', async () => {
    const result = await run({
      pa,
      decider: { desired: 5, excessBurstCapacity: -10 },
      world: world({ sks: { mode: 'Serve', numActivators: 4 } }),
    })
    expect(result.wrote).toEqual([
      'patch deployments scale',
      'update serverlessservices',
      'update-status podautoscalers',
    ])
    expect(result.writes[0]?.patch).toEqual({
      type: 'json',
      body: [{ op: 'add', path: '/spec/replicas', value: 5 }],
    })
    expect(result.sks?.spec.mode).toBe('Proxy')
    expect(result.status).toMatchObject({ desiredScale: 5, actualScale: 1 })
    expect(result.condition('Active')?.status).toBe('True')
  })

  test('the activator leaves the path when there is room for a burst', async () => {
    const result = await run({
      pa,
      decider: { desired: 3, excessBurstCapacity: 0 },
      world: world({ replicas: 3, ready: 3, sks: { mode: 'Proxy', numActivators: 6 } }),
    })
    expect(result.sks?.spec).toMatchObject({ mode: 'Serve', numActivators: 6 })
  })

  test('a restarted autoscaler keeps the scale and puts the activator into the path', async () => {
    const result = await run({
      pa,
      decider: { desired: -1, excessBurstCapacity: 100 },
      world: world({ replicas: 5, ready: 5, sks: { mode: 'Serve', numActivators: 8 } }),
    })
    expect(result.replicas).toBe(5)
    expect(result.sks?.spec.mode).toBe('Proxy')
    expect(result.status).toMatchObject({ desiredScale: 1, actualScale: 5 })
    expect(result.condition('Active')?.status).toBe('True')
  })

  test('a patch that fails is reported', async () => {
    const result = await run({
      pa,
      decider: { desired: 5, excessBurstCapacity: 0 },
      world: world(),
      failing: ({ verb, resource }) => {
        if (verb === 'patch' && resource === 'deployments') {
          throw new ApiError('InternalError', 'no quorum', { status: 500 })
        }
      },
    })
    expect(result.outcome.kind).toBe('retry')
    expect(result.events).toEqual([
      'Warning InternalError error scaling target: failed to apply scale 5 to scale target hello-00001-deployment: no quorum',
    ])
  })

  test('a ServerlessService that is not ready shows', async () => {
    const result = await run({ pa, world: world({ sks: { ready: false } }) })
    expect(result.condition('SKSReady')).toMatchObject({
      status: 'Unknown',
      reason: 'NotReady',
      message: 'K8s Service is not ready',
    })
    expect(result.condition('Ready')?.status).toBe('Unknown')
  })

  test('the minimum of a route that is gone is ignored', async () => {
    const annotations = { 'autoscaling.knative.dev/min-scale': '4' }
    const reachable = await run({
      pa: podAutoscaler({ annotations, status: status('True', ago(nowMs, 100)) }),
      world: world({ replicas: 4, ready: 4 }),
    })
    expect(reachable.replicas).toBe(4)
    const unreachable = await run({
      pa: podAutoscaler({
        annotations,
        reachability: 'Unreachable',
        status: status('True', ago(nowMs, 100)),
      }),
      world: world({ replicas: 4, ready: 4 }),
    })
    expect(unreachable.replicas).toBe(1)
  })
})

describe('on the way to zero', () => {
  const idle: DeciderStatus = { desired: 0, excessBurstCapacity: -111 }

  test('an idle target is marked inactive first', async () => {
    const result = await run({
      pa: podAutoscaler({ status: status('True', ago(nowMs, 60)) }),
      decider: idle,
      world: world({ sks: { mode: 'Proxy', numActivators: 4 } }),
    })
    expect(result.replicas).toBe(1)
    expect(result.condition('Active')).toMatchObject({ status: 'False', reason: 'NoTraffic' })
    expect(result.condition('Ready')).toMatchObject({ status: 'False', reason: 'NoTraffic' })
    expect(result.status?.desiredScale).toBe(0)
    expect(result.outcome).toEqual({ kind: 'again-after', delayMs: 3000 })
  })

  test('an inactive target goes once the activator has been in the path for the grace period', async () => {
    const result = await run({
      pa: podAutoscaler({ status: status('False', ago(nowMs, 3), 'NoTraffic') }),
      decider: idle,
      world: world({ sks: { mode: 'Proxy', numActivators: 4, proxiedSince: ago(nowMs, 30) } }),
    })
    expect(result.probed).toBe(1)
    expect(result.replicas).toBe(0)
    expect(result.wrote[0]).toBe('patch deployments scale')
  })

  test('it waits for what is left of the grace period', async () => {
    const result = await run({
      pa: podAutoscaler({ status: status('False', ago(nowMs, 3), 'NoTraffic') }),
      decider: idle,
      world: world({ sks: { mode: 'Proxy', numActivators: 4, proxiedSince: ago(nowMs, 10) } }),
    })
    expect(result.replicas).toBe(1)
    expect(result.outcome).toEqual({ kind: 'again-after', delayMs: 20_000 })
  })

  test('it waits until the activator answers', async () => {
    const result = await run({
      pa: podAutoscaler({ status: status('False', ago(nowMs, 90), 'NoTraffic') }),
      decider: idle,
      probeOk: false,
      world: world({ sks: { mode: 'Proxy', numActivators: 4 } }),
    })
    expect(result.replicas).toBe(1)
    expect(result.probing).toBe(1)
    expect(result.outcome).toEqual({ kind: 'done' })
  })

  test('no probe is needed where the activator always is in the path', async () => {
    const result = await run({
      pa: podAutoscaler({
        annotations: { 'autoscaling.knative.dev/target-burst-capacity': '-1' },
        status: status('False', ago(nowMs, 30), 'NoTraffic'),
      }),
      decider: idle,
      probeOk: false,
      world: world({ sks: { mode: 'Proxy', numActivators: 2 }, metric: { scrapeTarget: '' } }),
    })
    expect(result.probed).toBe(0)
    expect(result.replicas).toBe(0)
  })

  test('the last pod is kept for the retention period', async () => {
    const annotations = { 'autoscaling.knative.dev/scale-to-zero-pod-retention-period': '45s' }
    const at = (reachability: 'Reachable' | 'Unreachable') =>
      run({
        pa: podAutoscaler({
          annotations,
          reachability,
          status: status('False', ago(nowMs, 30), 'NoTraffic'),
        }),
        decider: idle,
        world: world({ sks: { mode: 'Proxy', numActivators: 4 } }),
      })
    const kept = await at('Reachable')
    expect(kept.replicas).toBe(1)
    expect(kept.outcome).toEqual({ kind: 'again-after', delayMs: 15_000 })
    expect((await at('Unreachable')).replicas).toBe(0)
  })

  test('an activation that never succeeded is given up', async () => {
    const result = await run({
      pa: podAutoscaler({ status: status('Unknown', ago(nowMs, 631), 'Queued') }),
      decider: idle,
      world: world({ ready: 0, sks: { mode: 'Proxy', numActivators: 3 } }),
    })
    expect(result.replicas).toBe(0)
    expect(result.condition('Active')).toMatchObject({ status: 'False', reason: 'TimedOut' })
  })

  test('from zero the target is queued until it is ready', async () => {
    const result = await run({
      pa: podAutoscaler({ status: { ...status('False', ago(nowMs, 300), 'NoTraffic'), actualScale: 0 } }),
      decider: { desired: 1, excessBurstCapacity: -212 },
      world: world({ replicas: 0, ready: 0, sks: { mode: 'Proxy', numActivators: 3 } }),
    })
    expect(result.replicas).toBe(1)
    expect(result.condition('Active')).toMatchObject({
      status: 'Unknown',
      reason: 'Queued',
      message: 'Requests to the target are being buffered as resources are provisioned.',
    })
  })
})

describe('objects of others', () => {
  test.each([
    ['ServerlessService', 'SKS', serverlessServices] as const,
    ['Metric', 'Metric', metrics] as const,
  ])('a foreign %s is an error', async (kind, label, type) => {
    const objects = world()
    for (const { object } of objects.filter((e) => e.type === type)) object.metadata.ownerReferences = []
    const result = await run({
      pa: podAutoscaler({ status: status('True', ago(nowMs, 100)) }),
      world: objects,
    })
    expect(result.outcome.kind).toBe('retry')
    expect(result.condition('Active')).toMatchObject({
      status: 'False',
      reason: 'NotOwned',
      message: `There is an existing ${kind} "hello-00001" that we do not own.`,
    })
    expect(result.events).toEqual([
      `Warning InternalError error reconciling ${label}: PA: hello-00001 does not own ${label}: hello-00001`,
    ])
  })
})
