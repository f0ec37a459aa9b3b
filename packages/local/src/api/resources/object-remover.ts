import type { Clock } from '@knative-ts/clock'
import type { Admission } from '../admission/admission.ts'
import { conflict, forbiddenObject, notFound } from '../errors.ts'
import { asArray, type KubeObject, timestamp, valueAt } from '../meta/kube-object.ts'
import type { Store } from '../storage/store.ts'
import { presentAs, type ResourceKind } from './resource-kind.ts'
import type { DeleteOptions, WriteOptions } from './write-options.ts'

/** Finalizers by which the garbage collector holds an owner until its dependents are dealt with. */
export const foregroundDeletion = 'foregroundDeletion'
export const orphanDependents = 'orphan'

const immortalNamespaces = ['default', 'kube-public', 'kube-system']

/** The object as it is after a deletion; `gone` tells whether it still is there. */
export interface Deletion {
  readonly object: KubeObject
  readonly gone: boolean
}

/** True when a deleted object has nothing left to wait for. */
export function isReadyToGo(kind: ResourceKind, object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata
  if (!deletionTimestamp || finalizers?.length || deletionGracePeriodSeconds) return false
  return !isNamespace(kind) || asArray(valueAt(object, ['spec', 'finalizers'])).length === 0
}

function isNamespace(kind: ResourceKind): boolean {
  return kind.storageKey === 'namespaces'
}

/** Deletes objects: at once where nothing holds them, else by marking them. */
export class ObjectRemover {
  readonly #store: Store
  readonly #admission: Admission
  readonly #clock: Clock

  constructor({ store, admission, clock }: { store: Store; admission: Admission; clock: Clock }) {
    this.#store = store
    this.#admission = admission
    this.#clock = clock
  }

  /** Deletes one object. Throws 404, 403 for namespaces that must stay, and 409 when a precondition fails. */
  async delete(
    kind: ResourceKind,
    namespace: string,
    name: string,
    options: DeleteOptions,
    write: WriteOptions,
  ): Promise<Deletion> {
    for (;;) {
      const stored = this.#store.get(kind.storageKey, namespace, name)
      if (!stored) throw notFound(kind, name)
      assertPreconditions(kind, stored, options)
      if (isNamespace(kind) && immortalNamespaces.includes(name)) {
        throw forbiddenObject(kind, name, 'this namespace may not be deleted')
      }
      const current = presentAs(kind, stored)
      const attributes = {
        operation: 'DELETE' as const,
        kind,
        subresource: '',
        namespace,
        name,
        object: undefined,
        oldObject: current,
        user: write.user,
        dryRun: write.dryRun,
        warnings: write.warnings,
      }
      await this.#admission.mutate(attributes)
      await this.#admission.validate(attributes)
      const marked = this.#mark(kind, stored, options)
      if (write.dryRun) return { object: presentAs(kind, marked), gone: isReadyToGo(kind, marked) }
      if (isReadyToGo(kind, marked)) {
        const outcome = this.#store.remove(kind.storageKey, stored, marked)
        if (outcome.ok) return { object: presentAs(kind, outcome.change.object), gone: true }
      } else if (marked === stored) return { object: current, gone: false }
      else {
        const outcome = this.#store.put(kind.storageKey, marked, stored)
        if (outcome.ok) return { object: presentAs(kind, outcome.change.object), gone: false }
      }
    }
  }

  /** The object with its deletion recorded; the very same when it already is, in the same way. */
  #mark(kind: ResourceKind, stored: KubeObject, options: DeleteOptions): KubeObject {
    const { metadata } = stored
    const finalizers = finalizersFor(options.propagationPolicy, metadata.finalizers ?? [])
    const grace = gracePeriodSeconds(kind, stored, options)
    const before = metadata.deletionTimestamp
      ? (metadata.deletionGracePeriodSeconds ?? 0)
      : Number.POSITIVE_INFINITY
    const sameFinalizers = finalizers.length === (metadata.finalizers ?? []).length
    if (metadata.deletionTimestamp && grace >= before && sameFinalizers) return stored
    const now = this.#clock.now()
    const shortened = grace < before
    const marked: KubeObject = {
      ...stored,
      metadata: {
        ...metadata,
        deletionTimestamp: shortened ? timestamp(now + grace * 1000) : metadata.deletionTimestamp!,
        deletionGracePeriodSeconds: shortened ? grace : before,
      },
    }
    if (metadata.generation && !metadata.deletionTimestamp)
      marked.metadata.generation = metadata.generation + 1
    if (finalizers.length > 0) marked.metadata.finalizers = finalizers
    else delete marked.metadata.finalizers
    if (isNamespace(kind)) marked['status'] = { ...(stored['status'] as object), phase: 'Terminating' }
    return marked
  }
}

function assertPreconditions(kind: ResourceKind, object: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion, name = '' } = object.metadata
  if (options.uid && options.uid !== uid) {
    throw conflict(
      kind,
      name,
      `Precondition failed: UID in precondition: ${options.uid}, UID in object meta: ${uid}`,
    )
  }
  if (options.resourceVersion && options.resourceVersion !== resourceVersion) {
    throw conflict(
      kind,
      name,
      `Precondition failed: ResourceVersion in precondition: ${options.resourceVersion}, ResourceVersion in object meta: ${resourceVersion}`,
    )
  }
}

function finalizersFor(policy: DeleteOptions['propagationPolicy'], finalizers: readonly string[]): string[] {
  if (policy === undefined) return [...finalizers]
  const others = finalizers.filter(
    (finalizer) => finalizer !== foregroundDeletion && finalizer !== orphanDependents,
  )
  if (policy === 'Foreground') return [...others, foregroundDeletion]
  return policy === 'Orphan' ? [...others, orphanDependents] : others
}

/** Pods get time to end unless nothing runs; everything else goes at once. */
function gracePeriodSeconds(kind: ResourceKind, object: KubeObject, options: DeleteOptions): number {
  if (kind.storageKey !== 'pods') return 0
  const phase = valueAt(object, ['status', 'phase'])
  if (!valueAt(object, ['spec', 'nodeName']) || phase === 'Succeeded' || phase === 'Failed') return 0
  const own = valueAt(object, ['spec', 'terminationGracePeriodSeconds'])
  return Math.max(0, options.gracePeriodSeconds ?? (typeof own === 'number' ? own : 30))
}
