import { describe, expect, test } from '@jest/globals'
import {
  conditionOf,
  horizontalPodAutoscalers,
  hpaClass,
  kpaClass,
  type PodAutoscaler,
  podAutoscalers,
  serverlessServices,
} from '@knative-ts/apis'
import { ApiError } from '@knative-ts/kube'
import { podAutoscalerKeyReconciler } from '@knative-ts/reconciler/pod-autoscaler'
import { type Existing, existing, runTableRow, type TableRow } from '@knative-ts/reconciler/testing'
import { HpaReconciler } from './hpa-reconciler.ts'
import { hpaConfig } from './testing/config.ts'
import { autoscalerOf, podAutoscaler, revision, serverlessService } from './testing/objects.ts'

const key = `default/${revision}`

interface Row extends Partial<TableRow> {
  pa?: PodAutoscaler
  config?: Record<string, string>
}

async function run({ pa = podAutoscaler(), config = {}, world = [], ...row }: Row) {
  const result = await runTableRow(
    { key, ...row, world: [existing(podAutoscalers, pa), ...world] },
    ({ client, informers, clock, events }) =>
      podAutoscalerKeyReconciler({
        class: hpaClass,
        client,
        informers,
        clock,
        events,
        defaults: () => hpaConfig(config),
        kind: new HpaReconciler({
          client,
          autoscalers: informers.informer(horizontalPodAutoscalers).lister,
          serverlessServices: informers.informer(serverlessServices).lister,
          config: () => hpaConfig(config),
        }),
      }),
  )
  const { status } = result.client.peek(podAutoscalers, 'default', revision) ?? {}
  return {
    ...result,
    status,
    condition: (type: string) => conditionOf(status, type),
    hpa: result.client.peek(horizontalPodAutoscalers, 'default', revision),
    sks: result.client.peek(serverlessServices, 'default', revision),
    wrote: result.writes.map(({ verb, resource }) => `${verb} ${resource}`),
  }
}

const foreign = { apiVersion: 'v1', kind: 'Other', name: 'other', uid: 'other', controller: true }

/** The PodAutoscaler's objects with all in place. */
const complete = (
  pa: PodAutoscaler,
  replicas?: { current: number; desired: number },
  sks = serverlessService(),
): Existing[] => [
  existing(horizontalPodAutoscalers, autoscalerOf(pa, replicas)),
  existing(serverlessServices, sks),
]

const refused = (resource: string, verb: string, message: string): Pick<TableRow, 'failing'> => ({
  failing: (request) => {
    if (request.resource !== resource || request.verb !== verb) return
    throw new ApiError('Invalid', message, { status: 422 })
  },
})

describe('a new PodAutoscaler', () => {
  test('gets an autoscaler and a ServerlessService without activators', async () => {
    const result = await run({ pa: podAutoscaler({ target: '75', 'max-scale': '10' }) })
    expect(result.wrote).toEqual([
      'create horizontalpodautoscalers',
      'create serverlessservices',
      'update-status podautoscalers',
    ])
    expect(result.hpa?.spec).toMatchObject({ maxReplicas: 10 })
    expect(result.sks?.spec).toEqual({
      mode: 'Serve',
      protocolType: 'http1',
      objectRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hello-00001-deployment' },
    })
    expect(result.status).toMatchObject({
      observedGeneration: 1,
      serviceName: '',
      metricsServiceName: '',
      desiredScale: 0,
      actualScale: 0,
    })
    expect(result.condition('Active')?.status).toBe('True')
    expect(result.condition('SKSReady')).toMatchObject({
      status: 'Unknown',
      reason: 'NotReady',
      message: 'SKS Services are not ready yet',
    })
    expect(result.condition('ScaleTargetInitialized')?.status).toBe('Unknown')
    expect(result.condition('Ready')?.status).toBe('Unknown')
    expect(result.outcome).toEqual({ kind: 'done' })
    expect(result.events).toEqual([])
  })

  test('of another class is left alone', async () => {
    expect((await run({ pa: podAutoscaler({ class: kpaClass }) })).wrote).toEqual([])
  })

  test('without a class is left to the webhook', async () => {
    const pa = podAutoscaler()
    delete pa.metadata.annotations
    expect((await run({ pa, config: { 'pod-autoscaler-class': hpaClass } })).wrote).toEqual([])
  })

  test('that is being deleted is left alone', async () => {
    const pa = podAutoscaler()
    pa.metadata.deletionTimestamp = '2026-01-01T00:00:00Z'
    expect((await run({ pa })).wrote).toEqual([])
  })

  test('that is gone needs nothing', async () => {
    expect(await run({ key: 'default/gone' })).toMatchObject({ wrote: [], outcome: { kind: 'done' } })
  })
})

describe('a PodAutoscaler with all in place', () => {
  test('is ready, and says what its autoscaler does', async () => {
    const pa = podAutoscaler()
    const result = await run({ pa, world: complete(pa, { current: 2, desired: 3 }) })
    expect(result.wrote).toEqual(['update-status podautoscalers'])
    expect(result.status).toMatchObject({
      serviceName: 'hello-00001',
      metricsServiceName: 'hello-00001-private',
      desiredScale: 3,
      actualScale: 2,
    })
    expect(
      ['Active', 'SKSReady', 'ScaleTargetInitialized', 'Ready'].map((type) => result.condition(type)),
    ).toEqual(
      ['Active', 'SKSReady', 'ScaleTargetInitialized', 'Ready'].map((type) =>
        expect.objectContaining({ type, status: 'True' }),
      ),
    )
  })

  test('needs nothing in a second pass, whatever the server filled in', async () => {
    const pa = podAutoscaler({ window: '20s' })
    const first = await run({ pa, world: complete(pa) })
    const hpa = first.hpa!
    const second = await run({
      pa: first.client.peek(podAutoscalers, 'default', revision)!,
      world: [
        existing(horizontalPodAutoscalers, {
          ...hpa,
          spec: {
            ...hpa.spec!,
            minReplicas: 1,
            metrics: [
              {
                type: 'Resource',
                resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
              },
            ],
          },
        }),
        existing(serverlessServices, first.sks!),
      ],
    })
    expect(second.wrote).toEqual([])
  })

  test.each([
    ['one pod is enough', {}, {}, 1, 'True'],
    ['no pod is too few', {}, {}, 0, 'Unknown'],
    ['initial scale', { 'initial-scale': '3' }, {}, 2, 'Unknown'],
    ['initial scale', { 'initial-scale': '3' }, {}, 3, 'True'],
    ['minimum', { 'min-scale': '4' }, {}, 3, 'Unknown'],
    ['minimum', { 'min-scale': '4' }, {}, 4, 'True'],
    ["the cluster's initial scale", {}, { 'initial-scale': '2' }, 1, 'Unknown'],
    ['an initial scale of none', { 'initial-scale': '0' }, { 'allow-zero-initial-scale': 'true' }, 0, 'True'],
  ])(
    'ScaleTargetInitialized: %s %j %j with %i pods is %s',
    async (_, annotations, config, current, wanted) => {
      const pa = podAutoscaler(annotations)
      const result = await run({ pa, config, world: complete(pa, { current, desired: current }) })
      expect(result.condition('ScaleTargetInitialized')?.status).toBe(wanted)
    },
  )

  test('stays initialized with fewer pods', async () => {
    const pa = podAutoscaler(
      { 'min-scale': '4' },
      { status: { conditions: [{ type: 'ScaleTargetInitialized', status: 'True' }] } },
    )
    const result = await run({ pa, world: complete(pa, { current: 1, desired: 4 }) })
    expect(result.condition('ScaleTargetInitialized')?.status).toBe('True')
  })

  test('is not initialized while its Services are not ready', async () => {
    const pa = podAutoscaler()
    const result = await run({ pa, world: complete(pa, undefined, serverlessService({ ready: 'Unknown' })) })
    expect(result.condition('SKSReady')?.message).toBe('SKS Services are not ready yet')
    expect(result.condition('ScaleTargetInitialized')?.status).toBe('Unknown')
    expect(result.status).toMatchObject({ serviceName: 'hello-00001' })
  })
})

describe('what differs is written', () => {
  test("the autoscaler, with the PodAutoscaler's labels and annotations", async () => {
    const pa = podAutoscaler({ 'max-scale': '10' })
    const before = autoscalerOf(podAutoscaler({ 'max-scale': '5' }))
    const result = await run({
      pa,
      world: [existing(horizontalPodAutoscalers, before), existing(serverlessServices, serverlessService())],
    })
    expect(result.wrote).toEqual(['update horizontalpodautoscalers', 'update-status podautoscalers'])
    expect(result.hpa).toMatchObject({
      metadata: { uid: before.metadata.uid, annotations: { 'autoscaling.knative.dev/max-scale': '10' } },
      spec: { maxReplicas: 10 },
      status: { currentReplicas: 1 },
    })
  })

  test('the ServerlessService', async () => {
    const pa = podAutoscaler()
    const sks = serverlessService({ spec: { mode: 'Proxy', numActivators: 3 } })
    const result = await run({ pa, world: complete(pa, undefined, sks) })
    expect(result.wrote).toEqual(['update serverlessservices', 'update-status podautoscalers'])
    expect(result.sks?.spec).toEqual(serverlessService().spec)
  })
})

describe('what goes wrong is told', () => {
  test('an autoscaler that cannot be made', async () => {
    const result = await run(refused('horizontalpodautoscalers', 'create', 'maxReplicas is bad'))
    expect(result.wrote).toEqual(['update-status podautoscalers'])
    expect(result.condition('Active')).toMatchObject({
      status: 'False',
      reason: 'FailedCreate',
      message: 'Failed to create HorizontalPodAutoscaler "hello-00001".',
    })
    expect(result.events).toEqual(['Warning InternalError failed to create HPA: maxReplicas is bad'])
    expect(result.outcome).toMatchObject({ kind: 'retry', error: { code: 'HPA_CREATE_FAILED' } })
  })

  test('an autoscaler that cannot be changed', async () => {
    const result = await run({
      pa: podAutoscaler({ 'max-scale': '10' }),
      world: complete(podAutoscaler()),
      ...refused('horizontalpodautoscalers', 'update', 'maxReplicas is bad'),
    })
    expect(result.events).toEqual(['Warning InternalError failed to update HPA: maxReplicas is bad'])
    expect(result.outcome).toMatchObject({ kind: 'retry', error: { code: 'HPA_UPDATE_FAILED' } })
  })

  test("somebody else's autoscaler", async () => {
    const hpa = autoscalerOf(podAutoscaler())
    hpa.metadata.ownerReferences = [foreign]
    const result = await run({ world: [existing(horizontalPodAutoscalers, hpa)] })
    expect(result.wrote).toEqual(['update-status podautoscalers'])
    expect(result.condition('Active')).toMatchObject({
      status: 'False',
      reason: 'NotOwned',
      message: 'There is an existing HorizontalPodAutoscaler "hello-00001" that we do not own.',
    })
    expect(result.events).toEqual([
      'Warning InternalError PodAutoscaler: "hello-00001" does not own HPA: "hello-00001"',
    ])
    expect(result.outcome).toMatchObject({ kind: 'retry', error: { code: 'HPA_NOT_OWNED' } })
  })

  test("somebody else's ServerlessService", async () => {
    const sks = serverlessService()
    sks.metadata.ownerReferences = [foreign]
    const pa = podAutoscaler()
    const result = await run({ pa, world: complete(pa, undefined, sks) })
    expect(result.condition('Active')).toMatchObject({
      reason: 'NotOwned',
      message: 'There is an existing ServerlessService "hello-00001" that we do not own.',
    })
    expect(result.events).toEqual([
      'Warning InternalError error reconciling SKS: PA: hello-00001 does not own SKS: hello-00001',
    ])
  })

  test('a ServerlessService that cannot be made', async () => {
    const result = await run(refused('serverlessservices', 'create', 'no room'))
    expect(result.events).toEqual(['Warning InternalError error reconciling SKS: no room'])
    expect(result.outcome).toMatchObject({ kind: 'retry', error: { code: 'RECONCILER_WRITE_FAILED' } })
  })

  test.each(['horizontalpodautoscalers', 'serverlessservices'])(
    'but a lost race for %s is only tried again',
    async (lost) => {
      const pa = podAutoscaler({ 'max-scale': '10' })
      const result = await run({
        pa,
        world: complete(podAutoscaler(), undefined, serverlessService({ spec: { mode: 'Proxy' } })),
        failing: ({ resource, verb }) => {
          if (resource === lost && verb === 'update') throw new ApiError('Conflict', 'lost', { status: 409 })
        },
      })
      expect(result.events).toEqual([])
      expect(result.outcome).toMatchObject({ kind: 'retry', error: { code: 'Conflict' } })
    },
  )
})
