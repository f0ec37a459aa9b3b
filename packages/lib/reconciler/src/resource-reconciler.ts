import {
  type ConditionSet,
  type KubeObject,
  keyString,
  type NamespacedName,
  type ResourceType,
  type StatusBase,
  sameCondition,
  stampConditions,
} from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import { type EventRecorder, isConflict, isNotFound, type KubeClient, type Lister } from '@knative-ts/kube'
import type { KeyReconciler } from './controller.ts'
import { done, type Outcome } from './outcome.ts'

export type ObjectWithStatus = KubeObject & { status?: StatusBase }

/** The part of a reconciler that differs from kind to kind. */
export interface KindReconciler<T extends ObjectWithStatus> {
  /**
   * Brings the world in line with `object` and writes what it found into `object.status`. The object is
   * the reconciler's own copy, with defaults applied and conditions initialised.
   */
  reconcileKind(object: T, signal: AbortSignal): Promise<Outcome>
  /** Cleans up before the object goes; needed only with a finalizer. */
  finalizeKind?(object: T, signal: AbortSignal): Promise<Outcome>
  /** The object is gone. */
  observeDeletion?(key: NamespacedName): void
}

export interface ResourceReconcilerOptions<T extends ObjectWithStatus> {
  client: KubeClient
  clock: Clock
  events: EventRecorder
  type: ResourceType<T>
  lister: Lister<T>
  conditions: ConditionSet
  kind: KindReconciler<T>
  /** Applies the API's defaults in memory. */
  setDefaults?(object: T): void
  /** Finalizer that `finalizeKind` needs. */
  finalizer?: string
  /** False for reconcilers that never write status. */
  writesStatus?: boolean
}

const newGenerationReason = 'NewObservedGenFailure'
const newGenerationMessage = 'unsuccessfully observed a new generation'

/** An object as a write returned it, and the resource versions that came before it. */
interface Written<T> {
  readonly replaced: Set<string | undefined>
  readonly object: T
}

/** What every reconciler does around its own work: defaults, conditions, finalizer, status and events. */
export class ResourceReconciler<T extends ObjectWithStatus> implements KeyReconciler {
  readonly #options: ResourceReconcilerOptions<T>
  /** What writes returned, by key, until the cache holds it or something newer. */
  readonly #written = new Map<string, Written<T>>()

  constructor(options: ResourceReconcilerOptions<T>) {
    this.#options = options
  }

  async reconcile(key: NamespacedName, signal: AbortSignal): Promise<Outcome> {
    const { kind, finalizer } = this.#options
    const original = this.#latest(key)
    if (!original) {
      kind.observeDeletion?.(key)
      return done
    }
    if (original.metadata.deletionTimestamp) {
      return finalizer && kind.finalizeKind ? this.#finalize(original, finalizer, signal) : done
    }
    if (finalizer && !original.metadata.finalizers?.includes(finalizer)) {
      await this.#patchFinalizers(original, [...(original.metadata.finalizers ?? []), finalizer])
    }
    return this.#reconcileLive(this.#latest(key) ?? original, signal)
  }

  /** The object as cached, or as we wrote it while the cache has not seen that yet: else the next write would lose a race to ours. */
  #latest({ namespace, name }: NamespacedName): T | undefined {
    const cached = this.#options.lister.get(namespace, name)
    const key = keyString({ namespace, name })
    const written = this.#written.get(key)
    if (!written) return cached
    if (cached && written.replaced.has(cached.metadata.resourceVersion)) return written.object
    this.#written.delete(key)
    return cached
  }

  /** Keeps what a write returned, and which versions it came after. */
  #remember(object: T, ...bases: KubeObject[]): void {
    const { namespace = '', name = '' } = object.metadata
    const key = keyString({ namespace, name })
    const replaced = this.#written.get(key)?.replaced ?? new Set()
    for (const { metadata } of bases) replaced.add(metadata.resourceVersion)
    delete object.metadata.managedFields
    this.#written.set(key, { replaced, object })
  }

  async #reconcileLive(original: T, signal: AbortSignal): Promise<Outcome> {
    const { kind, conditions, setDefaults, writesStatus = true } = this.#options
    const object = structuredClone(original)
    setDefaults?.(object)
    if (!writesStatus) return this.#reporting(original, () => kind.reconcileKind(object, signal))

    object.status ??= {}
    const status: StatusBase = object.status
    conditions.initialize(status)
    if ((status.observedGeneration ?? 0) !== (object.metadata.generation ?? 0)) {
      conditions.markUnknown(status, conditions.happy, newGenerationReason, newGenerationMessage)
    }
    const outcome = await this.#reporting(original, () => kind.reconcileKind(object, signal))
    if (object.status && object.metadata.generation !== undefined) {
      object.status.observedGeneration = object.metadata.generation
    }
    await this.#writeStatus(original, object)
    return outcome
  }

  /** Runs one phase; what it throws or asks to retry becomes an event, unless it was a lost race. */
  async #reporting(original: T, phase: () => Promise<Outcome>): Promise<Outcome> {
    let outcome: Outcome
    try {
      outcome = await phase()
    } catch (error) {
      outcome = { kind: 'retry', error }
    }
    if ((outcome.kind === 'retry' || outcome.kind === 'terminal') && !isConflict(outcome.error)) {
      const text = outcome.error instanceof Error ? outcome.error.message : String(outcome.error)
      this.#options.events.event(this.#options.type, original, 'Warning', 'InternalError', text)
    }
    return outcome
  }

  async #writeStatus(original: T, object: T): Promise<void> {
    const { client, clock, events, type } = this.#options
    const status = object.status
    if (!status) return
    stampConditions(original.status, status, `${new Date(clock.now()).toISOString().slice(0, 19)}Z`)
    if (sameStatus(original.status, status)) return
    try {
      const written = await client.updateStatus(type, { ...structuredClone(original), status })
      this.#remember(written, original)
    } catch (error) {
      if (isConflict(error)) {
        if (await this.#retryStatus(original, status)) return
      }
      if (isNotFound(error)) return
      const text = error instanceof Error ? error.message : String(error)
      events.event(
        type,
        original,
        'Warning',
        'UpdateFailed',
        `Failed to update status for "${original.metadata.name}": ${text}`,
      )
      throw error
    }
  }

  /** The cache was behind: writes the status onto the object as it is now, if it is still the same one. */
  async #retryStatus(original: T, status: T['status']): Promise<boolean> {
    const { client, type } = this.#options
    const { namespace = '', name = '', uid } = original.metadata
    const current = await client.get(type, namespace, name)
    if (current.metadata.uid !== uid) return true
    if (sameStatus(current.status, status)) return true
    try {
      this.#remember(await client.updateStatus(type, { ...current, status }), original, current)
      return true
    } catch (error) {
      if (isConflict(error)) throw error
      return false
    }
  }

  async #finalize(original: T, finalizer: string, signal: AbortSignal): Promise<Outcome> {
    if (!original.metadata.finalizers?.includes(finalizer)) return done
    const object = structuredClone(original)
    const outcome = await this.#reporting(
      original,
      () => this.#options.kind.finalizeKind?.(object, signal) ?? Promise.resolve(done),
    )
    if (outcome.kind !== 'done') return outcome
    await this.#patchFinalizers(
      original,
      original.metadata.finalizers.filter((name) => name !== finalizer),
    )
    return done
  }

  async #patchFinalizers(object: T, finalizers: string[]): Promise<void> {
    const { client, events, type } = this.#options
    const name = object.metadata.name ?? ''
    try {
      const patched = await client.patch(type, object.metadata.namespace ?? '', name, {
        type: 'merge',
        body: { metadata: { finalizers, resourceVersion: object.metadata.resourceVersion } },
      })
      this.#remember(patched, object)
      events.event(type, object, 'Normal', 'FinalizerUpdate', `Updated "${name}" finalizers`)
    } catch (error) {
      if (isNotFound(error)) return
      // A cache that is behind is no failure worth telling; the retry comes with the object as it is now.
      if (isConflict(error)) throw error
      const text = error instanceof Error ? error.message : String(error)
      events.event(
        type,
        object,
        'Warning',
        'FinalizerUpdateFailed',
        `Failed to update finalizers for "${name}": ${text}`,
      )
      throw error
    }
  }
}

/** Whether two statuses mean the same; when a condition changed does not matter, nor do empty fields. */
function sameStatus(a: StatusBase | undefined, b: StatusBase | undefined): boolean {
  const { conditions: conditionsA = [], ...restA } = a ?? {}
  const { conditions: conditionsB = [], ...restB } = b ?? {}
  return (
    conditionsA.length === conditionsB.length &&
    conditionsA.every((condition, i) => sameCondition(condition, conditionsB[i]!)) &&
    sameValue(restA, restB)
  )
}

/** Deep equality of JSON values in which an absent field equals an undefined one. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, i) => sameValue(item, b[i]))
    )
  }
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  for (const key of Object.keys(left)) if (!sameValue(left[key], right[key])) return false
  for (const key of Object.keys(right)) if (left[key] === undefined && right[key] !== undefined) return false
  return true
}
