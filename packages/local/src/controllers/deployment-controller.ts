import {
  controllerReference,
  deployments,
  isControlledBy,
  keyOf,
  type NamespacedName,
  replicaSets,
  type V1Deployment,
  type V1PodTemplateSpec,
  type V1ReplicaSet,
} from '@knative-ts/apis'
import { isAlreadyExists, isNotFound, type Lister } from '@knative-ts/kube'
import {
  againAfter,
  type Controller,
  done,
  type KeyReconciler,
  type Outcome,
  sameValue,
} from '@knative-ts/reconciler'
import { countReplicas, deploymentStatus } from './deployment-status.ts'
import { type LocalControllerDependencies, makeOwnerController } from './owner-controller.ts'
import { ownerUidIndex } from './owners.ts'
import { hashOf } from './pod-template-hash.ts'
import { rollingStep } from './rolling-update.ts'
import { UnhurriedWrites } from './unhurried-writes.ts'

const revisionKey = 'deployment.kubernetes.io/revision'
const hashLabel = 'pod-template-hash'

/** Rolls Deployments out through ReplicaSets. */
export function makeDeploymentController(dependencies: LocalControllerDependencies): Controller {
  return makeOwnerController(dependencies, {
    owner: deployments,
    owned: replicaSets,
    workers: 4,
    reconciler: (owners, owned) => new DeploymentReconciler(dependencies, owners, owned),
  })
}

class DeploymentReconciler implements KeyReconciler {
  readonly #dependencies: LocalControllerDependencies
  readonly #deployments: Lister<V1Deployment>
  readonly #sets: Lister<V1ReplicaSet>
  readonly #unhurried: UnhurriedWrites

  constructor(
    dependencies: LocalControllerDependencies,
    deploymentLister: Lister<V1Deployment>,
    sets: Lister<V1ReplicaSet>,
  ) {
    this.#dependencies = dependencies
    this.#deployments = deploymentLister
    this.#sets = sets
    this.#unhurried = new UnhurriedWrites(dependencies.clock)
  }

  async reconcile(key: NamespacedName): Promise<Outcome> {
    const deployment = this.#deployments.get(key.namespace, key.name)
    if (!deployment || deployment.metadata.deletionTimestamp) {
      this.#unhurried.forget(`${key.namespace}/${key.name}`)
      return done
    }
    const owned = this.#sets
      .byIndex(ownerUidIndex.name, deployment.metadata.uid ?? '')
      .filter((set) => isControlledBy(set, deployment) && !set.metadata.deletionTimestamp)
      .sort((a, b) => revisionOf(a) - revisionOf(b))
    const template = deployment.spec?.template
    const current = owned.find((set) => sameTemplate(set.spec?.template, template))
    const old = owned.filter((set) => set !== current)
    const newSet = current ?? (await this.#createSet(deployment, old))
    const changed = await this.#roll(deployment, newSet, old)
    await this.#forgetOldSets(deployment, old)
    return this.#writeStatus(deployment, changed, old)
  }

  async #createSet(deployment: V1Deployment, old: readonly V1ReplicaSet[]): Promise<V1ReplicaSet> {
    const { client, events } = this.#dependencies
    const revision = String(Math.max(0, ...old.map(revisionOf)) + 1)
    const hash = hashOf(deployment.spec?.template)
    const name = `${deployment.metadata.name}-${hash}`
    const labels = { ...deployment.spec?.template.metadata?.labels, [hashLabel]: hash }
    const set: V1ReplicaSet = {
      metadata: {
        name,
        namespace: deployment.metadata.namespace ?? '',
        labels,
        annotations: { [revisionKey]: revision },
        ownerReferences: [controllerReference(deployments, deployment)],
      },
      spec: {
        replicas: old.length === 0 ? (deployment.spec?.replicas ?? 1) : 0,
        selector: {
          ...deployment.spec?.selector,
          matchLabels: { ...deployment.spec?.selector.matchLabels, [hashLabel]: hash },
        },
        template: {
          ...deployment.spec?.template,
          metadata: { ...deployment.spec?.template.metadata, labels },
        },
      },
    } as V1ReplicaSet
    try {
      const made = await client.create(replicaSets, set)
      events.event(
        deployments,
        deployment,
        'Normal',
        'ScalingReplicaSet',
        `Scaled up replica set ${name} from 0 to ${made.spec?.replicas ?? 0}`,
      )
      return made
    } catch (error) {
      if (isAlreadyExists(error)) {
        return client.get(replicaSets, deployment.metadata.namespace ?? '', name)
      }
      throw error
    }
  }

  async #roll(
    deployment: V1Deployment,
    newSet: V1ReplicaSet,
    old: readonly V1ReplicaSet[],
  ): Promise<V1ReplicaSet> {
    const wanted = deployment.spec?.replicas ?? 1
    const active = old.filter((set) => (set.spec?.replicas ?? 0) > 0)
    const strategy = deployment.spec?.strategy
    const step =
      strategy?.type === 'Recreate'
        ? {
            newReplicas: active.length === 0 && old.every((set) => !set.status?.replicas) ? wanted : 0,
            old: new Map(active.map((set) => [set.metadata.name ?? '', 0])),
          }
        : rollingStep(
            {
              wanted,
              newReplicas: newSet.spec?.replicas ?? 0,
              newAvailable: newSet.status?.availableReplicas ?? 0,
              old: active.map((set) => ({
                name: set.metadata.name ?? '',
                replicas: set.spec?.replicas ?? 0,
                available: set.status?.availableReplicas ?? 0,
              })),
            },
            {
              maxSurge: (strategy?.rollingUpdate?.maxSurge ?? '25%') as number | string,
              maxUnavailable: (strategy?.rollingUpdate?.maxUnavailable ?? '25%') as number | string,
            },
          )
    const scaled = await this.#scale(deployment, newSet, step.newReplicas)
    for (const set of active) {
      const replicas = step.old.get(set.metadata.name ?? '')
      if (replicas !== undefined) await this.#scale(deployment, set, replicas)
    }
    return scaled
  }

  async #scale(deployment: V1Deployment, set: V1ReplicaSet, replicas: number): Promise<V1ReplicaSet> {
    const before = set.spec?.replicas ?? 0
    if (before === replicas) return set
    const { client, events } = this.#dependencies
    const { name = '', namespace = '' } = set.metadata
    const scaled = await client.patch(replicaSets, namespace, name, {
      type: 'merge',
      body: { spec: { replicas } },
    })
    const direction = replicas > before ? 'up' : 'down'
    events.event(
      deployments,
      deployment,
      'Normal',
      'ScalingReplicaSet',
      `Scaled ${direction} replica set ${name} from ${before} to ${replicas}`,
    )
    return scaled
  }

  async #forgetOldSets(deployment: V1Deployment, old: readonly V1ReplicaSet[]): Promise<void> {
    const empty = old.filter((set) => (set.spec?.replicas ?? 0) === 0 && !set.status?.replicas)
    const surplus = empty.slice(0, Math.max(0, empty.length - (deployment.spec?.revisionHistoryLimit ?? 10)))
    for (const set of surplus) {
      try {
        await this.#dependencies.client.delete(
          replicaSets,
          set.metadata.namespace ?? '',
          set.metadata.name ?? '',
        )
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
    }
  }

  async #writeStatus(
    deployment: V1Deployment,
    newSet: V1ReplicaSet,
    old: readonly V1ReplicaSet[],
  ): Promise<Outcome> {
    const { client, clock } = this.#dependencies
    const failing = newSet.status?.conditions?.find(
      (condition) => condition.type === 'ReplicaFailure' && condition.status === 'True',
    )
    const counts = countReplicas(newSet, [newSet, ...old])
    const { status, deadlineMs } = deploymentStatus({
      deployment,
      newSet,
      counts,
      failure: failing && { reason: failing.reason ?? '', message: failing.message ?? '' },
      nowMs: clock.now(),
    })
    if (sameValue(deployment.status, status)) this.#unhurried.forget(keyOf(deployment))
    else {
      const starting =
        !failing &&
        counts.ready < (deployment.spec?.replicas ?? 1) &&
        counts.ready === (deployment.status?.readyReplicas ?? 0)
      const waitMs = starting ? this.#unhurried.waitMs(keyOf(deployment)) : 0
      if (waitMs > 0) return againAfter(waitMs)
      await client.patch(
        deployments,
        deployment.metadata.namespace ?? '',
        deployment.metadata.name ?? '',
        { type: 'merge', body: { status } },
        { subresource: 'status' },
      )
    }
    return deadlineMs === undefined ? done : againAfter(deadlineMs)
  }
}

function revisionOf(set: V1ReplicaSet): number {
  return Number(set.metadata.annotations?.[revisionKey] ?? 0)
}

function sameTemplate(a: V1PodTemplateSpec | undefined, b: V1PodTemplateSpec | undefined): boolean {
  const { [hashLabel]: _, ...labels } = a?.metadata?.labels ?? {}
  return (
    sameValue(a?.spec, b?.spec) &&
    sameValue(labels, b?.metadata?.labels ?? {}) &&
    sameValue(a?.metadata?.annotations ?? {}, b?.metadata?.annotations ?? {})
  )
}
