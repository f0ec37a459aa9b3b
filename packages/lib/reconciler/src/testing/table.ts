import { type KubeObject, type NamespacedName, parseKey, type ResourceType } from '@knative-ts/apis'
import { ManualClock } from '@knative-ts/clock/testing'
import { InformerFactory } from '@knative-ts/kube'
import {
  FakeKubeClient,
  type Interceptor,
  type RecordedWrite,
  RecordingEvents,
} from '@knative-ts/kube/testing'
import { silentLogger } from '@knative-ts/observability'
import type { KeyReconciler } from '../controller.ts'
import type { Outcome } from '../outcome.ts'

/** An object of a row's world; make it with `existing`. */
export interface Existing {
  type: ResourceType
  object: KubeObject
}

/** Names the kind of a seeded object. */
export function existing<T extends KubeObject>(type: ResourceType<T>, object: T): Existing {
  return { type, object }
}

export interface TableRow {
  /** `namespace/name`. */
  key: string
  /** Objects that exist when the reconcile starts. */
  world?: Existing[]
  /** Wall-clock time, milliseconds. */
  nowMs?: number
  /** Makes chosen requests fail. */
  failing?: Interceptor
}

export interface TableResult {
  outcome: Outcome
  writes: RecordedWrite[]
  events: string[]
  client: FakeKubeClient
  clock: ManualClock
}

export interface TableHarness {
  client: FakeKubeClient
  informers: InformerFactory
  clock: ManualClock
  events: RecordingEvents
}

/**
 * Runs one reconcile against a world and returns all it did. `build` makes the reconciler from the
 * harness; ask the informer factory for what it needs there.
 */
export async function runTableRow(
  row: TableRow,
  build: (harness: TableHarness) => KeyReconciler | Promise<KeyReconciler>,
): Promise<TableResult> {
  const client = new FakeKubeClient()
  for (const { type, object } of row.world ?? []) client.seed(type, object)
  const clock = new ManualClock(row.nowMs)
  const events = new RecordingEvents()
  const informers = new InformerFactory({ client, clock, logger: silentLogger })
  const abort = new AbortController()
  informers.start(abort.signal)
  const reconciler = await build({ client, informers, clock, events })
  await informers.synced()
  if (row.failing) client.intercept(row.failing)
  let outcome: Outcome
  const key: NamespacedName = parseKey(row.key)
  try {
    outcome = await reconciler.reconcile(key, abort.signal)
  } catch (error) {
    outcome = { kind: 'retry', error }
  } finally {
    abort.abort()
  }
  return { outcome, writes: client.writes, events: events.events, client, clock }
}
