import { asArray, asRecord, type JsonRecord, type KubeObject, valueAt } from '../meta/kube-object.ts'

/** A pod in the few words that `kubectl get pods` has for it. */
export interface PodStatus {
  readonly reason: string
  readonly ready: number
  readonly total: number
  readonly restarts: number
  readonly lastRestartMs: number | undefined
}

/** Sums up a pod: the most telling reason of its containers, its phase if they have none. */
export function podStatus(pod: KubeObject): PodStatus {
  const total = asArray(valueAt(pod, ['spec', 'containers'])).length
  const statuses = asArray(valueAt(pod, ['status', 'containerStatuses'])).map(asRecord)
  const initial = initReason(pod)
  let reason = String(valueAt(pod, ['status', 'reason']) ?? valueAt(pod, ['status', 'phase']) ?? 'Unknown')
  if (initial) reason = initial
  else for (const status of statuses.toReversed()) reason = containerReason(status) ?? reason
  const running = statuses.some((status) => status['ready'] === true && asRecord(status['state'])['running'])
  if (!initial && reason === 'Completed' && running) reason = isReady(pod) ? 'Running' : 'NotReady'
  if (pod.metadata.deletionTimestamp) reason = 'Terminating'
  return {
    reason,
    total,
    ready: statuses.filter((status) => status['ready'] === true).length,
    restarts: statuses.reduce((sum, status) => sum + Number(status['restartCount'] ?? 0), 0),
    lastRestartMs: lastRestart(statuses),
  }
}

function initReason(pod: KubeObject): string | undefined {
  const all = asArray(valueAt(pod, ['spec', 'initContainers'])).length
  const statuses = asArray(valueAt(pod, ['status', 'initContainerStatuses'])).map(asRecord)
  for (const [i, status] of statuses.entries()) {
    const { terminated, waiting } = asRecord(status['state'])
    const ended = asRecord(terminated)
    if (terminated && ended['exitCode'] === 0) continue
    if (terminated) return `Init:${String(ended['reason'] ?? `ExitCode:${String(ended['exitCode'])}`)}`
    const why = asRecord(waiting)['reason']
    return why && why !== 'PodInitializing' ? `Init:${String(why)}` : `Init:${i}/${all}`
  }
  return undefined
}

function containerReason(status: JsonRecord): string | undefined {
  const { waiting, terminated } = asRecord(status['state'])
  const [pending, ended] = [asRecord(waiting), asRecord(terminated)]
  if (pending['reason']) return String(pending['reason'])
  if (!terminated) return undefined
  if (ended['reason']) return String(ended['reason'])
  return ended['signal'] ? `Signal:${String(ended['signal'])}` : `ExitCode:${String(ended['exitCode'])}`
}

function isReady(pod: KubeObject): boolean {
  return asArray(valueAt(pod, ['status', 'conditions']))
    .map(asRecord)
    .some((condition) => condition['type'] === 'Ready' && condition['status'] === 'True')
}

function lastRestart(statuses: readonly JsonRecord[]): number | undefined {
  const times = statuses
    .map((status) => Date.parse(String(valueAt(status, ['lastState', 'terminated', 'finishedAt']))))
    .filter((time) => !Number.isNaN(time))
  return times.length > 0 ? Math.max(...times) : undefined
}
