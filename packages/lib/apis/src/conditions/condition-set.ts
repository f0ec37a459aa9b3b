import {
  type Condition,
  type ConditionStatus,
  conditionOf,
  type StatusBase,
  sameCondition,
} from './condition.ts'

/**
 * Orders conditions written during one reconcile, whose common timestamp is only known at its end:
 * a larger number was written later, and anything written now is later than anything stored.
 */
const writeOrder = new WeakMap<Condition, number>()
let writes = 0

/**
 * The rules by which dependents roll up to a kind's happy condition. Conditions written here carry no
 * `lastTransitionTime`; `stampConditions` gives them one when the reconcile ends.
 */
export class ConditionSet {
  readonly happy: string
  readonly dependents: readonly string[]

  constructor(happy: string, dependents: readonly string[]) {
    this.happy = happy
    this.dependents = dependents
  }

  /** Adds what is missing: the happy condition as Unknown, dependents True if happy is True, else Unknown. */
  initialize(status: StatusBase): void {
    const happy = conditionOf(status, this.happy)
    if (!happy) this.#put(status, { type: this.happy, status: 'Unknown' })
    const initial: ConditionStatus = happy?.status === 'True' ? 'True' : 'Unknown'
    for (const type of this.dependents) {
      if (!conditionOf(status, type)) this.#put(status, { type, status: initial })
    }
  }

  /** Marks one condition True and recomputes the happy one. */
  markTrue(status: StatusBase, type: string, reason = '', message = ''): void {
    this.#put(status, { type, status: 'True', reason, message })
    this.#recomputeHappy(status)
  }

  /** Marks one condition Unknown; happy follows unless a dependent is already False. */
  markUnknown(status: StatusBase, type: string, reason = '', message = ''): void {
    this.#put(status, { type, status: 'Unknown', reason, message })
    if (this.dependents.some((dependent) => conditionOf(status, dependent)?.status === 'False')) {
      if (conditionOf(status, this.happy)?.status !== 'False') {
        this.#put(status, { type: this.happy, status: 'False', reason, message })
      }
      return
    }
    if (this.#counts(type)) this.#put(status, { type: this.happy, status: 'Unknown', reason, message })
  }

  /** Marks one condition False; happy becomes False with it if it is a dependent. */
  markFalse(status: StatusBase, type: string, reason = '', message = ''): void {
    this.#put(status, { type, status: 'False', reason, message })
    if (this.#counts(type)) this.#put(status, { type: this.happy, status: 'False', reason, message })
  }

  /** Marks `type` with another condition's status, reason and message. */
  propagate(status: StatusBase, type: string, from: Pick<Condition, 'status' | 'reason' | 'message'>): void {
    if (from.status === 'True') this.markTrue(status, type, from.reason, from.message)
    else if (from.status === 'False') this.markFalse(status, type, from.reason, from.message)
    else this.markUnknown(status, type, from.reason, from.message)
  }

  /** Removes a condition that is neither happy nor a dependent. */
  clear(status: StatusBase, type: string): void {
    if (this.#isTerminal(type)) return
    status.conditions = status.conditions?.filter((condition) => condition.type !== type)
  }

  /** The happy condition. */
  top(status: StatusBase | undefined): Condition | undefined {
    return conditionOf(status, this.happy)
  }

  /** Ready for others to rely on: happy is True for the current generation. */
  isReady(object: { metadata: { generation?: number }; status?: StatusBase }): boolean {
    return this.#isCurrent(object) && this.top(object.status)?.status === 'True'
  }

  /** Failed for the current generation. */
  isFailed(object: { metadata: { generation?: number }; status?: StatusBase }): boolean {
    return this.#isCurrent(object) && this.top(object.status)?.status === 'False'
  }

  #isCurrent(object: { metadata: { generation?: number }; status?: StatusBase }): boolean {
    return (object.status?.observedGeneration ?? 0) === (object.metadata.generation ?? 0)
  }

  #counts(type: string): boolean {
    return this.dependents.includes(type)
  }

  #isTerminal(type: string): boolean {
    return type === this.happy || this.#counts(type)
  }

  #put(status: StatusBase, condition: Condition): void {
    const next: Condition = { type: condition.type, status: condition.status }
    if (!this.#isTerminal(condition.type)) next.severity = 'Info'
    if (condition.reason) next.reason = condition.reason
    if (condition.message) next.message = condition.message
    const current = conditionOf(status, next.type)
    if (current && sameCondition(current, next)) return
    writeOrder.set(next, ++writes)
    status.conditions = [...(status.conditions ?? []).filter((c) => c.type !== next.type), next].sort(
      (a, b) => (a.type < b.type ? -1 : a.type > b.type ? 1 : 0),
    )
  }

  #recomputeHappy(status: StatusBase): void {
    const candidates = (status.conditions ?? [])
      .filter((condition) => condition.type !== this.happy && !condition.severity)
      .sort(newestFirst)
    const blocking =
      candidates.find((condition) => condition.status === 'False') ??
      candidates.find((condition) => condition.status === 'Unknown')
    if (blocking) {
      this.#put(status, {
        type: this.happy,
        status: blocking.status,
        reason: blocking.reason,
        message: blocking.message,
      })
    } else if (candidates.length < this.dependents.length) {
      this.#put(status, { type: this.happy, status: 'Unknown' })
    } else {
      this.#put(status, { type: this.happy, status: 'True' })
    }
  }
}

function newestFirst(a: Condition, b: Condition): number {
  const order = (writeOrder.get(b) ?? 0) - (writeOrder.get(a) ?? 0)
  if (order !== 0) return order
  return (b.lastTransitionTime ?? '').localeCompare(a.lastTransitionTime ?? '')
}

/**
 * Gives conditions their transition times at the end of a reconcile: one that equals the stored one gets
 * its old time back, all others share `now`.
 * @param now RFC 3339, whole seconds
 */
export function stampConditions(stored: StatusBase | undefined, status: StatusBase, now: string): void {
  status.conditions = status.conditions?.map((condition) => {
    const before = conditionOf(stored, condition.type)
    const lastTransitionTime =
      before?.lastTransitionTime && sameCondition(before, condition) ? before.lastTransitionTime : now
    return { ...condition, lastTransitionTime }
  })
}
