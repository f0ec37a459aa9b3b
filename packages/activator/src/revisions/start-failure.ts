import {
  conditionOf,
  type RevisionStatus,
  revisionConditionContainerHealthy,
  revisionConditionResourcesAvailable,
} from '@knative-ts/apis'

/** What keeps a revision's pods from coming up, as its status says. */
export interface StartFailure {
  readonly condition: string
  readonly reason: string
  readonly message: string
  /** When the condition took its status. */
  readonly since: string
}

/** Reasons that pass without any change to the revision: a node may come, a quota may be raised. */
const passing = new Set(['Unschedulable', 'SchedulingGated', 'FailedCreate'])

/**
 * Why a revision with this status can't start: its containers fail or its images can't be had. Undefined if
 * nothing says so, or if what does may pass by itself.
 */
export function startFailureOf(status: RevisionStatus | undefined): StartFailure | undefined {
  for (const type of [revisionConditionContainerHealthy, revisionConditionResourcesAvailable]) {
    const condition = conditionOf(status, type)
    if (condition?.status !== 'False' || passing.has(condition.reason ?? '')) continue
    const { reason = '', message = '', lastTransitionTime = '' } = condition
    return { condition: type, reason, message, since: lastTransitionTime }
  }
  return undefined
}

/** Whether both are the same finding, so that the second one is no news. */
export function sameFailure(a: StartFailure, b: StartFailure): boolean {
  return (
    a.condition === b.condition && a.reason === b.reason && a.message === b.message && a.since === b.since
  )
}
