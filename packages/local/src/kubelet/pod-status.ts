import type { V1Container, V1ContainerStatus, V1Pod } from '@knative-ts/apis'

export interface TerminatedState {
  exitCode: number
  signal: number | undefined
  reason: string
  message: string
  startedAt: string
  finishedAt: string
}

export type ContainerState =
  | { kind: 'waiting'; reason: string; message: string }
  | { kind: 'running'; startedAt: string }
  | ({ kind: 'terminated' } & TerminatedState)

/** Everything the status of one container is made from. */
export interface ContainerRecord {
  name: string
  image: string
  state: ContainerState
  last: TerminatedState | undefined
  restarts: number
  /** Passed its readiness probe, or has none and runs. */
  ready: boolean
  /** Passed its startup probe, or has none and runs. */
  started: boolean
}

export interface PodFacts {
  pod: V1Pod
  podIP: string
  hostIP: string
  startTime: string
  init: readonly ContainerRecord[]
  containers: readonly ContainerRecord[]
  /** Set once no container will be started again. */
  finished: boolean
  now: string
}

type PodStatus = NonNullable<V1Pod['status']>
type PodCondition = NonNullable<PodStatus['conditions']>[number]

/** The status of a pod, from what is known of its containers. Condition times carry over from the old status. */
export function podStatus(facts: PodFacts): PodStatus {
  const { pod, podIP, hostIP, init, containers, now } = facts
  const initialized = init.every(
    (record) => record.state.kind === 'terminated' && record.state.exitCode === 0,
  )
  const phase = podPhase(facts, initialized)
  const unready = containers.filter((record) => !record.ready).map((record) => record.name)
  const uninitialized = init
    .filter((record) => record.state.kind !== 'terminated' || record.state.exitCode !== 0)
    .map((record) => record.name)
  const running = phase === 'Running'
  const allReady = running && unready.length === 0
  const notReady = running || phase === 'Pending' ? containersNotReady(unready) : podCompleted(phase)
  const condition = (
    type: string,
    holds: boolean,
    why: Pick<PodCondition, 'reason' | 'message'> = {},
  ): PodCondition => {
    const before = pod.status?.conditions?.find((entry) => entry.type === type)
    const status = holds ? 'True' : 'False'
    return {
      type,
      status,
      ...(holds ? {} : why),
      lastTransitionTime: before?.status === status ? (before.lastTransitionTime ?? now) : now,
    }
  }
  return {
    phase,
    hostIP,
    hostIPs: [{ ip: hostIP }],
    podIP,
    podIPs: [{ ip: podIP }],
    startTime: facts.startTime,
    qosClass: qosClass(pod.spec?.containers ?? []),
    conditions: [
      condition('PodReadyToStartContainers', true),
      condition('Initialized', initialized, {
        reason: 'ContainersNotInitialized',
        message: `containers with incomplete status: [${uninitialized.join(' ')}]`,
      }),
      condition('Ready', allReady, notReady),
      condition('ContainersReady', allReady, notReady),
      condition('PodScheduled', true),
    ],
    ...(init.length > 0 ? { initContainerStatuses: init.map(containerStatus) } : {}),
    containerStatuses: containers.map(containerStatus),
  }
}

function podPhase(facts: PodFacts, initialized: boolean): string {
  const { containers, finished } = facts
  if (finished) {
    const failed = containers.some(({ state }) => state.kind === 'terminated' && state.exitCode !== 0)
    return failed ? 'Failed' : 'Succeeded'
  }
  const begun = containers.some(({ state, last }) => state.kind !== 'waiting' || last !== undefined)
  return initialized && begun ? 'Running' : 'Pending'
}

function containersNotReady(names: readonly string[]): Pick<PodCondition, 'reason' | 'message'> {
  return {
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${names.join(' ')}]`,
  }
}

function podCompleted(phase: string): Pick<PodCondition, 'reason' | 'message'> {
  return { reason: phase === 'Failed' ? 'PodFailed' : 'PodCompleted' }
}

function containerStatus(record: ContainerRecord): V1ContainerStatus {
  const { name, image, state, last, restarts, ready, started } = record
  return {
    name,
    image,
    imageID: state.kind === 'waiting' && !last ? '' : image,
    ready,
    started,
    restartCount: restarts,
    state:
      state.kind === 'waiting'
        ? { waiting: { reason: state.reason, ...(state.message ? { message: state.message } : {}) } }
        : state.kind === 'running'
          ? { running: { startedAt: state.startedAt } }
          : { terminated: terminated(state) },
    lastState: last ? { terminated: terminated(last) } : {},
  }
}

function terminated(state: TerminatedState) {
  const { exitCode, signal, reason, message, startedAt, finishedAt } = state
  return {
    exitCode,
    ...(signal === undefined ? {} : { signal }),
    reason,
    ...(message ? { message } : {}),
    startedAt,
    finishedAt,
  }
}

function qosClass(containers: readonly V1Container[]): string {
  const bounds = containers.map(({ resources }) => ({
    requests: Object.keys(resources?.requests ?? {}),
    limits: Object.keys(resources?.limits ?? {}),
  }))
  if (bounds.every(({ requests, limits }) => requests.length === 0 && limits.length === 0))
    return 'BestEffort'
  const guaranteed = containers.every(({ resources }) =>
    ['cpu', 'memory'].every((name) => {
      const limit = (resources?.limits as Record<string, string> | undefined)?.[name]
      const request = (resources?.requests as Record<string, string> | undefined)?.[name] ?? limit
      return limit !== undefined && limit === request
    }),
  )
  return guaranteed ? 'Guaranteed' : 'Burstable'
}
