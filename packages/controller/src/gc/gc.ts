import { keyOf, type NamespacedName, type Revision, revisions } from '@knative-ts/apis'
import { isConflict, isNotFound } from '@knative-ts/kube'
import { againAfter, done, type KeyReconciler, type Outcome, retry } from '@knative-ts/reconciler'
import { revisionsOfConfiguration } from '../revision-indexes.ts'
import { garbageOf } from './decide.ts'
import type { CollectorPorts } from './ports.ts'

/** So that no timer is longer than timers can be, and a clock that was set is noticed. */
const longestWaitMs = 10 * 3_600_000

/** Deletes the Revisions of a Configuration that no Route uses any more, as `config-gc` says. */
export class RevisionCollector implements KeyReconciler {
  readonly #ports: CollectorPorts

  constructor(ports: CollectorPorts) {
    this.#ports = ports
  }

  async reconcile({ namespace, name }: NamespacedName, signal: AbortSignal): Promise<Outcome> {
    const { clock, configurations, revisions: revisionLister, policy } = this.#ports
    const configuration = configurations.get(namespace, name)
    if (!configuration || configuration.metadata.deletionTimestamp) return done

    const all = revisionsOfConfiguration(revisionLister, namespace, name)
    const { revisions: garbage, nextInMs } = garbageOf(configuration, all, policy(), clock.now())
    const failures: unknown[] = []
    for (const revision of garbage) {
      signal.throwIfAborted()
      await this.#delete(revision).catch((error) => failures.push(error))
    }
    if (failures.length > 0) return retry(failures[0])
    return nextInMs === undefined ? done : againAfter(Math.min(nextInMs, longestWaitMs))
  }

  /** Deletes the Revision if it still is as it was judged; else the change has woken us already. */
  async #delete(revision: Revision): Promise<void> {
    const { namespace = '', name = '', uid, resourceVersion } = revision.metadata
    const fields = { revision: keyOf(revision) }
    try {
      await this.#ports.client.delete(revisions, namespace, name, { preconditions: { uid, resourceVersion } })
      this.#ports.logger.info('Deleted a Revision that nobody uses', fields)
    } catch (error) {
      if (isNotFound(error) || isConflict(error)) return
      this.#ports.logger.error('Failed to delete a Revision that nobody uses', { ...fields, error })
      throw error
    }
  }
}
