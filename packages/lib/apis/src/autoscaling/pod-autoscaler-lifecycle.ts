import type { Condition } from '../conditions/condition.ts'
import { ConditionSet } from '../conditions/condition-set.ts'
import type { PodAutoscalerStatus } from './types.ts'

export const podAutoscalerConditionReady = 'Ready'
/** The target runs; False means scaled to zero. */
export const podAutoscalerConditionActive = 'Active'
/** The ServerlessService has Services to route to. */
export const podAutoscalerConditionSKSReady = 'SKSReady'
/** The initial scale was reached once; never taken back. */
export const podAutoscalerConditionScaleTargetInitialized = 'ScaleTargetInitialized'

export const podAutoscalerConditions = new ConditionSet(podAutoscalerConditionReady, [
  podAutoscalerConditionActive,
  podAutoscalerConditionSKSReady,
  podAutoscalerConditionScaleTargetInitialized,
])

const active = podAutoscalerConditionActive

/** The target serves. */
export function markActive(status: PodAutoscalerStatus): void {
  podAutoscalerConditions.markTrue(status, active)
}

/** The target is being started, or can't be told to run yet. */
export function markActivating(status: PodAutoscalerStatus, reason: string, message: string): void {
  podAutoscalerConditions.markUnknown(status, active, reason, message)
}

/** The target is scaled to zero, or can't be run. */
export function markInactive(status: PodAutoscalerStatus, reason: string, message: string): void {
  podAutoscalerConditions.markFalse(status, active, reason, message)
}

/** An object of the PodAutoscaler's name exists but belongs to someone else. */
export function markResourceNotOwned(status: PodAutoscalerStatus, kind: string, name: string): void {
  markInactive(status, 'NotOwned', `There is an existing ${kind} ${JSON.stringify(name)} that we do not own.`)
}

/** An object that the target needs could not be made. */
export function markResourceFailedCreation(status: PodAutoscalerStatus, kind: string, name: string): void {
  markInactive(status, 'FailedCreate', `Failed to create ${kind} ${JSON.stringify(name)}.`)
}

export function markSKSReady(status: PodAutoscalerStatus): void {
  podAutoscalerConditions.markTrue(status, podAutoscalerConditionSKSReady)
}

export function markSKSNotReady(status: PodAutoscalerStatus, message: string): void {
  podAutoscalerConditions.markUnknown(status, podAutoscalerConditionSKSReady, 'NotReady', message)
}

export function markScaleTargetInitialized(status: PodAutoscalerStatus): void {
  podAutoscalerConditions.markTrue(status, podAutoscalerConditionScaleTargetInitialized)
}

/** Milliseconds since a condition last changed at `nowMs`; 0 if it has no time yet. */
export function conditionAgeMs(condition: Condition | undefined, nowMs: number): number {
  const since = Date.parse(condition?.lastTransitionTime ?? '')
  return Number.isNaN(since) ? 0 : nowMs - since
}
