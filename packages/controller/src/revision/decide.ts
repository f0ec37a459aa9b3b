import {
  conditionOf,
  containerExitingMessage,
  exitCodeReason,
  markContainerHealthyFalse,
  markResourcesAvailableFalse,
  queueContainerName,
  type Revision,
  type RevisionStatus,
  revisionConditionContainerHealthy,
  revisionReasonProgressDeadlineExceeded,
  type V1ContainerStatus,
  type V1Deployment,
  type V1Pod,
} from '@knative-ts/apis'

/** Whether the digest of every container is recorded; it is never looked up again after that. */
export function hasAllDigests({ spec, status }: Revision): boolean {
  const recorded = (status?.containerStatuses?.length ?? 0) + (status?.initContainerStatuses?.length ?? 0)
  return recorded === spec.containers.length + (spec.initContainers?.length ?? 0)
}

/** Whether pods are wanted but none is available, so that a look at one tells why. */
export function needsPodInspection({ spec, status }: V1Deployment): boolean {
  return (spec?.replicas ?? 0) > 0 && (status?.availableReplicas ?? 0) === 0
}

const soonestInspectionMs = 2_000
const latestInspectionMs = 60_000

/**
 * Milliseconds until the pods are to be looked at again, undefined if that is no use. A pod that fails without ever having been
 * available changes nothing in its Deployment, so nothing else wakes the revision. Each wait is as long as all before it.
 */
export function nextInspectionMs(
  { status }: Revision,
  deployment: V1Deployment,
  nowMs: number,
): number | undefined {
  if (!needsPodInspection(deployment)) return undefined
  if (conditionOf(status, revisionConditionContainerHealthy)?.status === 'False') return undefined
  const available = deployment.status?.conditions?.find(({ type }) => type === 'Available')
  // Nobody has counted the pods yet: their number will change the Deployment.
  if (!available) return undefined
  const elapsedMs = nowMs - Date.parse(String(available.lastTransitionTime))
  return Math.min(Math.max(elapsedMs || 0, soonestInspectionMs), latestInspectionMs)
}

/** What one of the pods says about why none is available; any one will do, they all fail alike. */
export function propagatePodState(
  status: RevisionStatus,
  pod: V1Pod,
  deployment: V1Deployment,
  podIsAlwaysSchedulable: boolean,
): void {
  const scheduled = pod.status?.conditions?.find((condition) => condition.type === 'PodScheduled')
  if (!podIsAlwaysSchedulable && scheduled?.status === 'False') {
    markResourcesAvailableFalse(status, scheduled.reason ?? '', scheduled.message ?? '')
  }
  const timedOut = hasTimedOut(deployment)
  for (const container of pod.status?.containerStatuses ?? []) {
    if (container.name !== queueContainerName && propagateContainerState(status, container, timedOut)) return
  }
}

/** Returns whether the container's state explained anything. */
function propagateContainerState(
  status: RevisionStatus,
  { lastState, state }: V1ContainerStatus,
  timedOut: boolean,
): boolean {
  const { terminated } = lastState ?? {}
  if (terminated) {
    const silent = terminated.exitCode === 0 && !terminated.message
    const text = silent ? 'container exited with no error' : (terminated.message ?? '')
    markContainerHealthyFalse(status, exitCodeReason(terminated.exitCode), containerExitingMessage(text))
    return true
  }
  if (timedOut && state?.waiting) {
    markResourcesAvailableFalse(status, state.waiting.reason ?? '', state.waiting.message ?? '')
    return true
  }
  return false
}

function hasTimedOut({ status }: V1Deployment): boolean {
  return (status?.conditions ?? []).some(
    (condition) =>
      condition.type === 'Progressing' &&
      condition.status === 'False' &&
      condition.reason === revisionReasonProgressDeadlineExceeded,
  )
}

/** Where the revision's logs can be read, by the template of `config-observability`. */
export function logUrlOf({ metadata }: Revision, template: string): string | undefined {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder is spelled so in config-observability.
  return template === '' ? undefined : template.replaceAll('${REVISION_UID}', metadata.uid ?? '')
}
