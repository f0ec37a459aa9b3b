import {
  controllerReference,
  isControlledBy,
  jobs,
  type NamespacedName,
  pods,
  type V1Job,
  type V1Pod,
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
import { nodeName } from '../kubelet/kubelet.ts'
import { type LocalControllerDependencies, makeOwnerController } from './owner-controller.ts'
import { ownerUidIndex } from './owners.ts'

/** Runs Jobs: as many pods as are still needed, until enough succeeded or too many failed. */
export function makeJobController(dependencies: LocalControllerDependencies): Controller {
  return makeOwnerController(dependencies, {
    owner: jobs,
    owned: pods,
    reconciler: (owners, owned) => new JobReconciler(dependencies, owners, owned),
  })
}

class JobReconciler implements KeyReconciler {
  readonly #dependencies: LocalControllerDependencies
  readonly #jobs: Lister<V1Job>
  readonly #pods: Lister<V1Pod>

  constructor(dependencies: LocalControllerDependencies, jobLister: Lister<V1Job>, podLister: Lister<V1Pod>) {
    this.#dependencies = dependencies
    this.#jobs = jobLister
    this.#pods = podLister
  }

  async reconcile(key: NamespacedName): Promise<Outcome> {
    const { client, clock } = this.#dependencies
    const job = this.#jobs.get(key.namespace, key.name)
    if (!job || job.metadata.deletionTimestamp) return done
    const finished = job.status?.conditions?.find(
      (condition) =>
        (condition.type === 'Complete' || condition.type === 'Failed') && condition.status === 'True',
    )
    if (finished) return this.#expire(job, finished.lastTransitionTime)

    const owned = this.#pods
      .byIndex(ownerUidIndex.name, job.metadata.uid ?? '')
      .filter((pod) => isControlledBy(pod, job))
    const succeeded = owned.filter((pod) => pod.status?.phase === 'Succeeded').length
    const failed = owned.filter((pod) => pod.status?.phase === 'Failed').length
    const active = owned.length - succeeded - failed
    const completions = job.spec?.completions ?? 1
    const now = `${new Date(clock.now()).toISOString().slice(0, 19)}Z`
    const conditions: NonNullable<V1Job['status']>['conditions'] = []
    const ended = (type: 'Complete' | 'Failed', reason: string, message: string) =>
      conditions.push({ type, status: 'True', reason, message, lastTransitionTime: now, lastProbeTime: now })
    if (succeeded >= completions)
      ended('Complete', 'CompletionsReached', 'Reached expected number of succeeded pods')
    else if (failed > (job.spec?.backoffLimit ?? 6)) {
      ended('Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit')
    } else {
      const missing = Math.min(job.spec?.parallelism ?? 1, completions - succeeded) - active
      for (let i = 0; i < missing; i++) await this.#createPod(job, owned.length + i)
    }
    const status = {
      active,
      succeeded,
      failed,
      startTime: job.status?.startTime ?? now,
      ...(succeeded >= completions ? { completionTime: now } : {}),
      ...(conditions.length > 0 ? { conditions } : {}),
    }
    if (!sameValue({ ...job.status }, status)) {
      await client.patch(
        jobs,
        key.namespace,
        key.name,
        { type: 'merge', body: { status } },
        { subresource: 'status' },
      )
    }
    return done
  }

  /** The name tells the attempt, so that a cache that is behind cannot lead to one pod too many. */
  async #createPod(job: V1Job, attempt: number): Promise<void> {
    try {
      await this.#dependencies.client.create(pods, makePod(job, attempt))
    } catch (error) {
      if (!isAlreadyExists(error)) throw error
    }
  }

  async #expire(job: V1Job, finishedAt: string | undefined): Promise<Outcome> {
    const ttlSeconds = job.spec?.ttlSecondsAfterFinished
    if (ttlSeconds === undefined || !finishedAt) return done
    const remainingMs = Date.parse(finishedAt) + ttlSeconds * 1000 - this.#dependencies.clock.now()
    if (remainingMs > 0) return againAfter(remainingMs)
    try {
      await this.#dependencies.client.delete(jobs, job.metadata.namespace ?? '', job.metadata.name ?? '', {
        propagationPolicy: 'Background',
      })
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
    return done
  }
}

function makePod(job: V1Job, attempt: number): V1Pod {
  const { template } = job.spec ?? {}
  return {
    metadata: {
      name: `${job.metadata.name}-${attempt}`,
      namespace: job.metadata.namespace,
      labels: {
        ...template?.metadata?.labels,
        'batch.kubernetes.io/job-name': job.metadata.name,
        'batch.kubernetes.io/controller-uid': job.metadata.uid,
      },
      annotations: template?.metadata?.annotations,
      ownerReferences: [controllerReference(jobs, job)],
    },
    spec: { ...structuredClone(template?.spec ?? { containers: [] }), nodeName },
  } as V1Pod
}
