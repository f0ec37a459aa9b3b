import type { StatusBase } from '../conditions/condition.ts'
import { ConditionSet } from '../conditions/condition-set.ts'

export const metricConditionReady = 'Ready'

export const metricConditions = new ConditionSet(metricConditionReady, [])

/** Stats are being collected. */
export function markMetricReady(status: StatusBase): void {
  metricConditions.markTrue(status, metricConditionReady)
}

/** Whether stats can be collected is not known. */
export function markMetricNotReady(status: StatusBase, reason: string, message: string): void {
  metricConditions.markUnknown(status, metricConditionReady, reason, message)
}

/** Stats can't be collected. */
export function markMetricFailed(status: StatusBase, reason: string, message: string): void {
  metricConditions.markFalse(status, metricConditionReady, reason, message)
}
