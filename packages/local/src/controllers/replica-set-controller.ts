import {
  controllerReference,
  isControlledBy,
  keyOf,
  type NamespacedName,
  pods,
  replicaSets,
  type V1Pod,
  type V1ReplicaSet,
} from '@knative-ts/apis'
import { isNotFound, type Lister } from '@knative-ts/kube'
import {
  againAfter,
  type Controller,
  done,
  type KeyReconciler,
  type Outcome,
  sameValue,
} from '@knative-ts/reconciler'
import { nodeName } from '../kubelet/kubelet.ts'
import { type LocalControllerDependencies, makeOwnerController } from './owner-controller.ts'
import { ownerUidIndex } from './owners.ts'
import { conditionOfPod, isPodActive, podDeletionOrder } from './pod-state.ts'
import { UnhurriedWrites } from './unhurried-writes.ts'

/** How long writes that the cache has not shown yet are believed. */
const expectationMs = 5_000

/** Keeps as many pods as a ReplicaSet asks for. */
export function makeReplicaSetController(dependencies: LocalControllerDependencies): Controller {
  return makeOwnerController(dependencies, {
    owner: replicaSets,
    owned: pods,
    workers: 4,
    reconciler: (owners, owned) => new ReplicaSetReconciler(dependencies, owners, owned),
  })
}

class ReplicaSetReconciler implements KeyReconciler {
  readonly #dependencies: LocalControllerDependencies
  readonly #sets: Lister<V1ReplicaSet>
  readonly #pods: Lister<V1Pod>
  readonly #unhurried: UnhurriedWrites
  /** Pods created or deleted that the cache does not show yet, by set. */
  readonly #expected = new Map<string, { created: Set<string>; deleted: Set<string>; untilMs: number }>()

  constructor(
    dependencies: LocalControllerDependencies,
    sets: Lister<V1ReplicaSet>,
    podLister: Lister<V1Pod>,
  ) {
    this.#dependencies = dependencies
    this.#sets = sets
    this.#pods = podLister
    this.#unhurried = new UnhurriedWrites(dependencies.clock)
  }

  async reconcile(key: NamespacedName): Promise<Outcome> {
    const set = this.#sets.get(key.namespace, key.name)
    if (!set || set.metadata.deletionTimestamp) {
      this.#expected.delete(`${key.namespace}/${key.name}`)
      this.#unhurried.forget(`${key.namespace}/${key.name}`)
      return done
    }
    const owned = this.#pods
      .byIndex(ownerUidIndex.name, set.metadata.uid ?? '')
      .filter((pod) => isControlledBy(pod, set))
    const active = owned.filter(isPodActive)
    if (this.#settled(set, active)) await this.#scale(set, active)
    return this.#writeStatus(set, active)
  }

  /** Whether the cache has caught up with what was written before. */
  #settled(set: V1ReplicaSet, active: readonly V1Pod[]): boolean {
    const expected = this.#expected.get(keyOf(set))
    if (!expected) return true
    const uids = new Set(active.map((pod) => pod.metadata.uid ?? ''))
    for (const uid of expected.created) if (uids.has(uid)) expected.created.delete(uid)
    for (const uid of expected.deleted) if (!uids.has(uid)) expected.deleted.delete(uid)
    const caughtUp = expected.created.size === 0 && expected.deleted.size === 0
    if (!caughtUp && this.#dependencies.clock.monotonic() < expected.untilMs) return false
    this.#expected.delete(keyOf(set))
    return true
  }

  async #scale(set: V1ReplicaSet, active: readonly V1Pod[]): Promise<void> {
    const wanted = set.spec?.replicas ?? 1
    const difference = wanted - active.length
    if (difference === 0) return
    const { client, clock, events } = this.#dependencies
    const expected = {
      created: new Set<string>(),
      deleted: new Set<string>(),
      untilMs: clock.monotonic() + expectationMs,
    }
    this.#expected.set(keyOf(set), expected)
    if (difference > 0) {
      const made = await Promise.all(
        Array.from({ length: difference }, () => client.create(pods, makePod(set))),
      )
      for (const pod of made) {
        expected.created.add(pod.metadata.uid ?? '')
        events.event(replicaSets, set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`)
      }
      return
    }
    const surplus = [...active].sort(podDeletionOrder).slice(0, -difference)
    for (const pod of surplus) expected.deleted.add(pod.metadata.uid ?? '')
    await Promise.all(surplus.map((pod) => this.#deletePod(set, pod)))
  }

  async #deletePod(set: V1ReplicaSet, pod: V1Pod): Promise<void> {
    const { client, events } = this.#dependencies
    try {
      await client.delete(pods, pod.metadata.namespace ?? '', pod.metadata.name ?? '')
      events.event(replicaSets, set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }

  async #writeStatus(set: V1ReplicaSet, active: readonly V1Pod[]): Promise<Outcome> {
    const ready = active.filter((pod) => conditionOfPod(pod, 'Ready')?.status === 'True').length
    const status = {
      replicas: active.length,
      fullyLabeledReplicas: active.length,
      readyReplicas: ready,
      availableReplicas: ready,
      observedGeneration: set.metadata.generation ?? 0,
    }
    const { conditions: _, ...before } = set.status ?? { replicas: 0 }
    if (sameValue(before, status)) {
      this.#unhurried.forget(keyOf(set))
      return done
    }
    const starting = ready < active.length && ready === (before.readyReplicas ?? 0)
    const waitMs = starting ? this.#unhurried.waitMs(keyOf(set)) : 0
    if (waitMs > 0) return againAfter(waitMs)
    await this.#dependencies.client.patch(
      replicaSets,
      set.metadata.namespace ?? '',
      set.metadata.name ?? '',
      { type: 'merge', body: { status } },
      { subresource: 'status' },
    )
    return done
  }
}

function makePod(set: V1ReplicaSet): V1Pod {
  const template = set.spec?.template
  return {
    metadata: {
      generateName: `${set.metadata.name}-`,
      namespace: set.metadata.namespace,
      labels: template?.metadata?.labels,
      annotations: template?.metadata?.annotations,
      ownerReferences: [controllerReference(replicaSets, set)],
    },
    spec: { ...structuredClone(template?.spec ?? { containers: [] }), nodeName },
  } as V1Pod
}
