export type ConditionStatus = 'True' | 'False' | 'Unknown'

/** One entry of `status.conditions`. An empty severity (absent on the wire) means error. */
export interface Condition {
  type: string
  status: ConditionStatus
  severity?: 'Info' | 'Warning'
  lastTransitionTime?: string
  reason?: string
  message?: string
}

/** Status fields that every Knative kind shares. */
export interface StatusBase {
  observedGeneration?: number
  conditions?: Condition[]
  annotations?: Record<string, string>
}

/** The condition of this type, if present. */
export function conditionOf(status: StatusBase | undefined, type: string): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type)
}

/** Whether two conditions say the same, apart from when they changed. */
export function sameCondition(a: Condition, b: Condition): boolean {
  return (
    a.type === b.type &&
    a.status === b.status &&
    (a.severity ?? '') === (b.severity ?? '') &&
    (a.reason ?? '') === (b.reason ?? '') &&
    (a.message ?? '') === (b.message ?? '')
  )
}
