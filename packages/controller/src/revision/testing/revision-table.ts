import {
  certificates,
  deployments,
  images,
  keyOf,
  podAutoscalers,
  type Revision,
  revisionConditions,
  revisions,
} from '@knative-ts/apis'
import type { Interceptor } from '@knative-ts/kube/testing'
import { ResourceReconciler, Tracker } from '@knative-ts/reconciler'
import { type Existing, existing, runTableRow, type TableResult } from '@knative-ts/reconciler/testing'
import { conditionTexts } from '../../testing/conditions.ts'
import { type ConfigData, testConfig } from '../../testing/config.ts'
import { BackgroundResolver, type DigestLookup } from '../digest/background-resolver.ts'
import { anonymous } from '../digest/pull-credentials.ts'
import type { DigestResolver } from '../ports.ts'
import { RevisionReconciler } from '../revision.ts'
import { testInstallation } from './revision-fixtures.ts'

export interface RevisionRow {
  revision: Revision
  /** What exists besides the revision. */
  world?: Existing[]
  config?: ConfigData
  digests?: DigestResolver
  failing?: Interceptor
}

export interface RevisionResult extends TableResult {
  /** The revision as stored afterwards. */
  revision: Revision
  /** Writes as `verb resource name`. */
  wrote: string[]
  /** Conditions as `Status Reason Message`, by type. */
  conditions: Record<string, string>
}

const noRegistry: DigestLookup = {
  digestOf: () => Promise.reject(new Error('no registry in this test')),
}

/** Reconciles one revision in a world of its own. */
export async function reconcileRevision(row: RevisionRow): Promise<RevisionResult> {
  const { namespace = '', name = '' } = row.revision.metadata
  const result = await runTableRow(
    {
      key: keyOf(row.revision),
      world: [existing(revisions, row.revision), ...(row.world ?? [])],
      nowMs: Date.parse('2026-01-01T00:00:00Z'),
      ...(row.failing ? { failing: row.failing } : {}),
    },
    ({ client, clock, events, informers }) =>
      new ResourceReconciler({
        client,
        clock,
        events,
        type: revisions,
        lister: informers.informer(revisions).lister,
        conditions: revisionConditions,
        kind: new RevisionReconciler({
          client,
          clock,
          events,
          deployments: informers.informer(deployments).lister,
          podAutoscalers: informers.informer(podAutoscalers).lister,
          images: informers.informer(images).lister,
          certificates: informers.informer(certificates).lister,
          digests:
            row.digests ??
            new BackgroundResolver({
              clock,
              lookup: noRegistry,
              credentialsFor: () => Promise.resolve(anonymous),
              onResolved: () => {},
            }),
          tracker: new Tracker(clock, () => {}),
          installation: testInstallation,
          config: () => testConfig(row.config),
        }),
      }),
  )
  const revision = result.client.peek(revisions, namespace, name) ?? row.revision
  return {
    ...result,
    revision,
    wrote: result.writes.map((write) => `${write.verb} ${write.resource} ${write.name}`),
    conditions: conditionTexts(revision.status),
  }
}
