import { describe, expect, test } from '@jest/globals'
import { ConditionSet, type Configuration, configurations } from '@knative-ts/apis'
import { testMeta } from '@knative-ts/apis/testing'
import { ApiError } from '@knative-ts/kube'
import { done, type Outcome, retry } from './outcome.ts'
import { ResourceReconciler, type ResourceReconcilerOptions } from './resource-reconciler.ts'
import { existing, runTableRow, type TableRow } from './testing/index.ts'

const conditions = new ConditionSet('Ready', [])
const nowMs = Date.UTC(2026, 4, 1)
const now = '2026-05-01T00:00:00Z'

const configuration = (change: Partial<Configuration> = {}): Configuration => ({
  metadata: testMeta('cfg', 'ns'),
  spec: { template: { spec: { containers: [] } } },
  ...change,
})

function run(
  row: Omit<TableRow, 'key' | 'nowMs'>,
  kind: ResourceReconcilerOptions<Configuration>['kind'],
  more: Partial<ResourceReconcilerOptions<Configuration>> = {},
) {
  return runTableRow(
    { key: 'ns/cfg', nowMs, ...row },
    ({ client, informers, clock, events }) =>
      new ResourceReconciler<Configuration>({
        client,
        clock,
        events,
        type: configurations,
        lister: informers.informer(configurations).lister,
        conditions,
        kind,
        ...more,
      }),
  )
}

const reconcileKind = (work: (object: Configuration) => Outcome | Promise<Outcome>) => ({
  reconcileKind: async (object: Configuration) => work(object),
})

describe('status', () => {
  test('is initialised, observed, stamped and written once', async () => {
    const { writes } = await run(
      { world: [existing(configurations, configuration())] },
      reconcileKind((object) => {
        conditions.markTrue(object.status ?? {}, 'Ready')
        return done
      }),
    )
    expect(writes).toHaveLength(1)
    expect(writes[0]).toMatchObject({
      verb: 'update-status',
      object: {
        status: {
          observedGeneration: 1,
          conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: now }],
        },
      },
    })
  })

  test('a new generation is Unknown until the reconcile says otherwise', async () => {
    const stale = configuration({
      metadata: testMeta('cfg', 'ns', { generation: 2 }),
      status: { observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }] },
    })
    const { writes } = await run(
      { world: [existing(configurations, stale)] },
      reconcileKind(() => done),
    )
    expect(writes[0]?.object).toMatchObject({
      status: {
        observedGeneration: 2,
        conditions: [
          {
            status: 'Unknown',
            reason: 'NewObservedGenFailure',
            message: 'unsuccessfully observed a new generation',
          },
        ],
      },
    })
  })

  test('is not written when nothing changed', async () => {
    const same = configuration({
      status: {
        observedGeneration: 1,
        conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
      },
    })
    const { writes } = await run(
      { world: [existing(configurations, same)] },
      reconcileKind((object) => {
        conditions.markFalse(object.status ?? {}, 'Ready', 'Blip')
        conditions.markTrue(object.status ?? {}, 'Ready')
        return done
      }),
    )
    expect(writes).toEqual([])
  })

  test('is written, with the generation, even when the reconcile failed, and an event tells why', async () => {
    const { writes, events, outcome } = await run(
      { world: [existing(configurations, configuration())] },
      reconcileKind(() => {
        throw new Error('no luck')
      }),
    )
    expect(outcome).toMatchObject({ kind: 'retry' })
    expect(writes[0]?.object).toMatchObject({ status: { observedGeneration: 1 } })
    expect(events).toEqual(['Warning InternalError no luck'])
  })

  test('a lost race makes no event', async () => {
    const { events, outcome } = await run(
      { world: [existing(configurations, configuration())] },
      reconcileKind(() => retry(new ApiError('Conflict', 'changed meanwhile'))),
    )
    expect(outcome.kind).toBe('retry')
    expect(events).toEqual([])
  })

  test('a failed write is told in an event and tried again', async () => {
    const { events, outcome } = await run(
      {
        world: [existing(configurations, configuration())],
        failing: ({ verb }) => {
          if (verb === 'update-status') throw new ApiError('InternalError', 'disk full')
        },
      },
      reconcileKind(() => done),
    )
    expect(outcome.kind).toBe('retry')
    expect(events).toEqual(['Warning UpdateFailed Failed to update status for "cfg": disk full'])
  })

  test('a conflict on the write is resolved against the current object', async () => {
    let first = true
    const { writes, outcome } = await run(
      {
        world: [existing(configurations, configuration())],
        failing: ({ verb }) => {
          if (verb === 'update-status' && first) {
            first = false
            throw new ApiError('Conflict', 'stale')
          }
        },
      },
      reconcileKind(() => done),
    )
    expect(outcome).toEqual(done)
    expect(writes.map(({ verb }) => verb)).toEqual(['update-status'])
  })
})

describe('deletion and finalizers', () => {
  const gone = { metadata: testMeta('cfg', 'ns', { deletionTimestamp: now }), spec: configuration().spec }

  test('a key without an object is observed as deleted', async () => {
    const observed: string[] = []
    await run(
      {},
      { reconcileKind: async () => done, observeDeletion: ({ name }) => void observed.push(name) },
    )
    expect(observed).toEqual(['cfg'])
  })

  test('nothing is done for an object on its way out without our finalizer', async () => {
    const { writes } = await run(
      { world: [existing(configurations, gone)] },
      reconcileKind(() => {
        throw new Error('must not run')
      }),
    )
    expect(writes).toEqual([])
  })

  test('the finalizer is added before work', async () => {
    const { writes, events } = await run(
      { world: [existing(configurations, configuration())] },
      { reconcileKind: async () => done, finalizeKind: async () => done },
      { finalizer: 'f.knative.dev' },
    )
    expect(writes[0]).toMatchObject({
      verb: 'patch',
      patch: { type: 'merge', body: { metadata: { finalizers: ['f.knative.dev'] } } },
    })
    expect(events).toContain('Normal FinalizerUpdate Updated "cfg" finalizers')
  })

  test('it is removed after finalizeKind succeeded, others stay', async () => {
    const world = [
      existing(configurations, {
        ...gone,
        metadata: { ...gone.metadata, finalizers: ['other', 'f.knative.dev'] },
      }),
    ]
    const { writes } = await run(
      { world },
      { reconcileKind: async () => done, finalizeKind: async () => done },
      { finalizer: 'f.knative.dev' },
    )
    expect(writes[0]).toMatchObject({ patch: { body: { metadata: { finalizers: ['other'] } } } })
    const failing = await run(
      { world },
      {
        reconcileKind: async () => done,
        finalizeKind: async () => retry(new Error('still in use')),
      },
      { finalizer: 'f.knative.dev' },
    )
    expect(failing.writes).toEqual([])
    expect(failing.events).toEqual(['Warning InternalError still in use'])
  })
})
