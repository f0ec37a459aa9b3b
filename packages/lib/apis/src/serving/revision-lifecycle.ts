import {
  podAutoscalerConditionReady,
  podAutoscalerConditionScaleTargetInitialized,
} from '../autoscaling/pod-autoscaler-lifecycle.ts'
import type { PodAutoscalerStatus } from '../autoscaling/types.ts'
import { conditionOf } from '../conditions/condition.ts'
import { ConditionSet } from '../conditions/condition-set.ts'
import type { V1Deployment } from '../core/types.ts'
import type { RevisionStatus } from './types.ts'

export const revisionConditionReady = 'Ready'
/** The Deployment and PodAutoscaler of the revision can do their work. */
export const revisionConditionResourcesAvailable = 'ResourcesAvailable'
/** The images exist and the containers stay up. */
export const revisionConditionContainerHealthy = 'ContainerHealthy'
/** The revision has pods; says nothing about Ready, since a revision may rest at zero. */
export const revisionConditionActive = 'Active'

export const revisionConditions = new ConditionSet(revisionConditionReady, [
  revisionConditionResourcesAvailable,
  revisionConditionContainerHealthy,
])

export const revisionReasonContainerMissing = 'ContainerMissing'
export const revisionReasonResolvingDigests = 'ResolvingDigests'
export const revisionReasonDeploying = 'Deploying'
export const revisionReasonNotOwned = 'NotOwned'
export const revisionReasonProgressDeadlineExceeded = 'ProgressDeadlineExceeded'

const initialScaleNeverAchieved = 'Initial scale was never achieved'

/** Reason for a container that ended with `exitCode`. */
export function exitCodeReason(exitCode: number): string {
  return `ExitCode${exitCode}`
}

/** Message for a container that ended saying `text`. */
export function containerExitingMessage(text: string): string {
  return `Container failed with: ${text}`
}

/** Message for an owned resource's name being in use by something else. */
export function revisionResourceNotOwnedMessage(kind: string, name: string): string {
  return `There is an existing ${kind} "${name}" that we do not own.`
}

export function markResourcesAvailableTrue(status: RevisionStatus): void {
  revisionConditions.markTrue(status, revisionConditionResourcesAvailable)
}

export function markResourcesAvailableFalse(status: RevisionStatus, reason: string, message: string): void {
  revisionConditions.markFalse(status, revisionConditionResourcesAvailable, reason, message)
}

export function markResourcesAvailableUnknown(
  status: RevisionStatus,
  reason: string,
  message: string = '',
): void {
  revisionConditions.markUnknown(status, revisionConditionResourcesAvailable, reason, message)
}

export function markContainerHealthyTrue(status: RevisionStatus): void {
  revisionConditions.markTrue(status, revisionConditionContainerHealthy)
}

export function markContainerHealthyFalse(status: RevisionStatus, reason: string, message: string): void {
  revisionConditions.markFalse(status, revisionConditionContainerHealthy, reason, message)
}

export function markContainerHealthyUnknown(
  status: RevisionStatus,
  reason: string,
  message: string = '',
): void {
  revisionConditions.markUnknown(status, revisionConditionContainerHealthy, reason, message)
}

/** Whether the Deployment or a container has been found to be failing. */
export function isRevisionFailing(status: RevisionStatus | undefined): boolean {
  return (
    conditionOf(status, revisionConditionResourcesAvailable)?.status === 'False' ||
    conditionOf(status, revisionConditionContainerHealthy)?.status === 'False'
  )
}

/**
 * Turns the Deployment's own conditions into ResourcesAvailable: a replica failure counts most, then
 * whether it progresses; one that says nothing yet is still deploying.
 */
export function propagateDeploymentStatus(status: RevisionStatus, deployment: V1Deployment['status']): void {
  const find = (type: string) => deployment?.conditions?.find((condition) => condition.type === type)
  const failure = find('ReplicaFailure')
  const progressing = find('Progressing')
  if (failure?.status === 'True') {
    markResourcesAvailableFalse(status, failure.reason ?? '', failure.message ?? '')
  } else if (progressing === undefined) {
    markResourcesAvailableUnknown(status, revisionReasonDeploying)
  } else if (progressing.status === 'False') {
    markResourcesAvailableFalse(status, progressing.reason ?? '', progressing.message ?? '')
  } else if (progressing.status === 'Unknown') {
    markResourcesAvailableUnknown(status, progressing.reason ?? '', progressing.message ?? '')
  } else if (failure?.status === 'Unknown') {
    markResourcesAvailableUnknown(status, failure.reason ?? '', failure.message ?? '')
  } else {
    markResourcesAvailableTrue(status)
  }
}

/** Copies the scale and Active from the PodAutoscaler, and what reaching the initial scale says of health. */
export function propagateAutoscalerStatus(
  status: RevisionStatus,
  autoscaler: PodAutoscalerStatus | undefined,
): void {
  const failing = isRevisionFailing(status)
  propagateReplicas(status, autoscaler)

  const ready = conditionOf(autoscaler, podAutoscalerConditionReady)
  if (!ready) {
    revisionConditions.markUnknown(status, revisionConditionActive, revisionReasonDeploying)
    if (!failing) markResourcesAvailableUnknown(status, revisionReasonDeploying)
    return
  }

  const initialized = conditionOf(autoscaler, podAutoscalerConditionScaleTargetInitialized)?.status === 'True'
  const hasService = Boolean(autoscaler?.serviceName)
  if (initialized && !failing) {
    markResourcesAvailableTrue(status)
    markContainerHealthyTrue(status)
  }
  if (
    conditionOf(status, revisionConditionResourcesAvailable)?.status === 'True' &&
    !(hasService && initialized)
  ) {
    markResourcesAvailableUnknown(status, revisionReasonDeploying)
  }

  if (ready.status === 'True') {
    revisionConditions.markTrue(status, revisionConditionActive)
    return
  }
  if (ready.status === 'False' && !initialized && !failing && hasService) {
    // Scaled to zero without ever having had its pods: the progress deadline has passed.
    markResourcesAvailableFalse(status, revisionReasonProgressDeadlineExceeded, initialScaleNeverAchieved)
  }
  revisionConditions.propagate(status, revisionConditionActive, ready)
}

function propagateReplicas(status: RevisionStatus, autoscaler: PodAutoscalerStatus | undefined): void {
  const { actualScale = -1, desiredScale = -1 } = autoscaler ?? {}
  if (actualScale >= 0) status.actualReplicas = actualScale
  else delete status.actualReplicas
  if (desiredScale >= 0) status.desiredReplicas = desiredScale
  else delete status.desiredReplicas
}
