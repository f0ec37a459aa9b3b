import { describe, expect, test } from '@jest/globals'
import { ConditionSet, type Configuration, configurations } from '@knative-ts/apis'
import { testMeta } from '@knative-ts/apis/testing'
import { ManualClock } from '@knative-ts/clock/testing'
import { FakeKubeClient, RecordingEvents } from '@knative-ts/kube/testing'
import { done } from './outcome.ts'
import { ResourceReconciler } from './resource-reconciler.ts'

const key = { namespace: 'ns', name: 'cfg' }
const finalizer = 'f.knative.dev'

/** A reconciler that writes another status each time, with a cache that only moves when it is told to. */
function behindCache(more: { finalizer?: string } = {}) {
  const client = new FakeKubeClient()
  client.seed(configurations, {
    metadata: testMeta('cfg', 'ns'),
    spec: { template: { spec: { containers: [] } } },
  })
  const conditions = new ConditionSet('Ready', [])
  const seen: (string | undefined)[] = []
  let cached = client.peek(configurations, 'ns', 'cfg')
  const reconciler = new ResourceReconciler<Configuration>({
    client,
    clock: new ManualClock(),
    events: new RecordingEvents(),
    type: configurations,
    lister: { get: () => cached, list: () => [], byIndex: () => [] },
    conditions,
    kind: {
      reconcileKind: async ({ status }) => {
        seen.push(status?.latestCreatedRevisionName)
        if (status) status.latestCreatedRevisionName = `cfg-${seen.length}`
        return done
      },
      finalizeKind: async () => done,
    },
    ...more,
  })
  return {
    client,
    seen,
    reconcile: () => reconciler.reconcile(key, AbortSignal.abort()),
    catchUp: () => {
      cached = client.peek(configurations, 'ns', 'cfg')
    },
  }
}

describe('a cache that is behind our own writes', () => {
  test('is not believed: the next pass goes on from what was written, without a conflict', async () => {
    const { client, seen, reconcile } = behindCache()
    for (let pass = 0; pass < 3; pass++) await reconcile()
    expect(seen).toEqual([undefined, 'cfg-1', 'cfg-2'])
    expect(client.writes.map(({ verb }) => verb)).toEqual(['update-status', 'update-status', 'update-status'])
  })

  test('the status follows a finalizer without a conflict', async () => {
    const { client, reconcile } = behindCache({ finalizer })
    const before = client.writes.length
    await reconcile()
    expect(client.writes.slice(before).map(({ verb }) => verb)).toEqual(['patch', 'update-status'])
    expect(client.peek(configurations, 'ns', 'cfg')).toMatchObject({
      metadata: { finalizers: [finalizer] },
      status: { latestCreatedRevisionName: 'cfg-1' },
    })
  })

  test('is believed again once it has what was written, or what others wrote since', async () => {
    const { client, seen, reconcile, catchUp } = behindCache()
    await reconcile()
    const written = client.peek(configurations, 'ns', 'cfg')!
    client.replace(configurations, {
      ...written,
      status: { ...written.status, latestCreatedRevisionName: 'other' },
    })
    catchUp()
    await reconcile()
    catchUp()
    await reconcile()
    expect(seen).toEqual([undefined, 'other', 'cfg-2'])
  })

  test('what others wrote while it is behind is a conflict, and settled as one', async () => {
    const { client, seen, reconcile } = behindCache()
    await reconcile()
    const written = client.peek(configurations, 'ns', 'cfg')!
    client.replace(configurations, { ...written, metadata: { ...written.metadata, labels: { a: 'b' } } })
    await reconcile()
    await reconcile()
    expect(seen).toEqual([undefined, 'cfg-1', 'cfg-2'])
    expect(client.peek(configurations, 'ns', 'cfg')).toMatchObject({
      metadata: { labels: { a: 'b' } },
      status: { latestCreatedRevisionName: 'cfg-3' },
    })
  })

  test('an object that is gone is forgotten', async () => {
    const { client, seen, reconcile, catchUp } = behindCache()
    await reconcile()
    client.remove(configurations, 'ns', 'cfg')
    catchUp()
    await reconcile()
    expect(seen).toHaveLength(1)
  })
})
