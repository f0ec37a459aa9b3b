import type { V1Deployment, V1ReplicaSet } from '@knative-ts/apis'

type DeploymentStatus = NonNullable<V1Deployment['status']>
type DeploymentCondition = NonNullable<DeploymentStatus['conditions']>[number]

/** Counts over all of a Deployment's sets. */
export interface ReplicaCounts {
  replicas: number
  updated: number
  ready: number
  available: number
}

export function countReplicas(newSet: V1ReplicaSet | undefined, all: readonly V1ReplicaSet[]): ReplicaCounts {
  const sum = (of: (set: V1ReplicaSet) => number | undefined) =>
    all.reduce((total, set) => total + (of(set) ?? 0), 0)
  return {
    replicas: sum((set) => set.status?.replicas),
    updated: newSet?.status?.replicas ?? 0,
    ready: sum((set) => set.status?.readyReplicas),
    available: sum((set) => set.status?.availableReplicas),
  }
}

export interface StatusInput {
  deployment: V1Deployment
  newSet: V1ReplicaSet | undefined
  counts: ReplicaCounts
  /** Why pods could not be made, if that is so. */
  failure: { reason: string; message: string } | undefined
  nowMs: number
}

export interface StatusDecision {
  status: DeploymentStatus
  /** When the progress deadline has to be looked at, milliseconds from now. */
  deadlineMs: number | undefined
}

/** The status of a Deployment: counts, Available, Progressing with its deadline, and ReplicaFailure. */
export function deploymentStatus(input: StatusInput): StatusDecision {
  const { deployment, newSet, counts, failure, nowMs } = input
  const wanted = deployment.spec?.replicas ?? 1
  const now = `${new Date(nowMs).toISOString().slice(0, 19)}Z`
  const before = (type: string) => deployment.status?.conditions?.find((entry) => entry.type === type)
  const complete = counts.updated === wanted && counts.replicas === wanted && counts.available === wanted

  const condition = (
    type: string,
    status: 'True' | 'False',
    reason: string,
    message: string,
    moved = false,
  ): DeploymentCondition => {
    const old = before(type)
    const same = old?.status === status && old.reason === reason && !moved
    return {
      type,
      status,
      reason,
      message,
      lastUpdateTime: same ? (old.lastUpdateTime ?? now) : now,
      lastTransitionTime: old?.status === status ? (old.lastTransitionTime ?? now) : now,
    }
  }

  const { progressing, deadlineMs } = progress(input, complete, condition)
  const enough = counts.available >= wanted - maxUnavailable(deployment, wanted)
  const conditions = [
    enough
      ? condition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.')
      : condition(
          'Available',
          'False',
          'MinimumReplicasUnavailable',
          'Deployment does not have minimum availability.',
        ),
    progressing,
    ...(failure ? [condition('ReplicaFailure', 'True', failure.reason, failure.message)] : []),
  ]
  return {
    status: {
      observedGeneration: deployment.metadata.generation ?? 0,
      replicas: counts.replicas,
      updatedReplicas: counts.updated,
      readyReplicas: counts.ready,
      availableReplicas: counts.available,
      unavailableReplicas: Math.max(0, wanted - counts.available),
      conditions,
    },
    deadlineMs: newSet ? deadlineMs : undefined,
  }
}

function progress(
  { deployment, newSet, counts, nowMs }: StatusInput,
  complete: boolean,
  condition: (
    type: string,
    status: 'True' | 'False',
    reason: string,
    message: string,
    moved?: boolean,
  ) => DeploymentCondition,
): { progressing: DeploymentCondition; deadlineMs: number | undefined } {
  const name = newSet?.metadata.name ?? ''
  const old = deployment.status?.conditions?.find((entry) => entry.type === 'Progressing')
  if (complete) {
    return {
      progressing: condition(
        'Progressing',
        'True',
        'NewReplicaSetAvailable',
        `ReplicaSet "${name}" has successfully progressed.`,
      ),
      deadlineMs: undefined,
    }
  }
  const finished = old?.reason === 'NewReplicaSetAvailable'
  const specChanged = deployment.status?.observedGeneration !== deployment.metadata.generation
  // Scaling, or pods lost after the roll-out was done, is not a new roll-out.
  if (old && finished && !specChanged && counts.updated >= (deployment.status?.updatedReplicas ?? 0)) {
    return { progressing: old, deadlineMs: undefined }
  }
  const status = deployment.status
  const moved =
    specChanged ||
    counts.updated > (status?.updatedReplicas ?? 0) ||
    counts.ready > (status?.readyReplicas ?? 0) ||
    counts.available > (status?.availableReplicas ?? 0)
  const limitMs = (deployment.spec?.progressDeadlineSeconds ?? 600) * 1000
  const sinceMs = old?.lastUpdateTime ? Date.parse(old.lastUpdateTime) : nowMs
  if (!moved && old && (old.reason === 'ProgressDeadlineExceeded' || nowMs - sinceMs >= limitMs)) {
    return {
      progressing: condition(
        'Progressing',
        'False',
        'ProgressDeadlineExceeded',
        `ReplicaSet "${name}" has timed out progressing.`,
      ),
      deadlineMs: undefined,
    }
  }
  return {
    progressing: condition(
      'Progressing',
      'True',
      'ReplicaSetUpdated',
      `ReplicaSet "${name}" is progressing.`,
      moved,
    ),
    deadlineMs: Math.max(0, (moved ? nowMs : sinceMs) + limitMs - nowMs) + 50,
  }
}

function maxUnavailable(deployment: V1Deployment, wanted: number): number {
  const value = (deployment.spec?.strategy?.rollingUpdate?.maxUnavailable ?? '25%') as number | string
  if (typeof value === 'number') return value
  return value.endsWith('%') ? Math.floor((Number.parseFloat(value) * wanted) / 100) : Number(value)
}
