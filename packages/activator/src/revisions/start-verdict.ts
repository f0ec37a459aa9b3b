import {
  conditionOf,
  type RevisionStatus,
  revisionConditionActive,
  revisionConditionContainerHealthy,
} from '@knative-ts/apis'
import type { Clock, Timer } from '@knative-ts/clock'
import { type StartFailure, sameFailure, startFailureOf } from './start-failure.ts'

export interface StartVerdictOptions {
  readonly clock: Clock
  /** Called whenever waiting turns out to be in vain. */
  readonly onRefuse: () => void
}

/** How long requests wait in the hope that a failure is over: two restarts of a crashed container. */
export const secondChanceMs = 30_000

/**
 * Whether it is any use to wait for a pod of a revision. While its status names a failure and no pod can be
 * used, it is not, except:
 * - at zero nobody has tried for a while, so the status is old: requests wait, and wake the revision;
 * - a revision that was woken, or that has worked before, has a second chance: requests wait until the status
 *   tells of another failure, and for 30 s at most.
 * A pod that answers its probe overrules the status.
 */
export class StartVerdict {
  readonly #options: StartVerdictOptions
  #failure: StartFailure | undefined
  #atZero = false
  #hasPods = false
  #hasWorked = false
  #chance: Timer | undefined

  constructor(options: StartVerdictOptions) {
    this.#options = options
  }

  /** Why requests should be refused now; undefined if they may wait. */
  get refusal(): StartFailure | undefined {
    return this.#hasPods || this.#atZero || this.#chance ? undefined : this.#failure
  }

  /** Takes over the revision's status. */
  observe(status: RevisionStatus | undefined): void {
    const failure = startFailureOf(status)
    const wasAtZero = this.#atZero
    const before = this.#failure
    this.#failure = failure
    this.#atZero = conditionOf(status, revisionConditionActive)?.status === 'False'
    if (conditionOf(status, revisionConditionContainerHealthy)?.status === 'True') this.#hasWorked = true
    if (!failure) this.#endChance()
    else if (before && !sameFailure(before, failure)) this.#endChance()
    else if (before ? wasAtZero && !this.#atZero : this.#hasWorked) this.#giveChance()
    this.#tell()
  }

  /** Takes over whether any pod can be used. */
  podsChanged(hasPods: boolean): void {
    if (hasPods === this.#hasPods) return
    this.#hasPods = hasPods
    if (hasPods) {
      this.#hasWorked = true
      this.#endChance()
    } else if (this.#failure) this.#giveChance()
    this.#tell()
  }

  /** Stops the clock. */
  close(): void {
    this.#endChance()
  }

  #giveChance(): void {
    this.#endChance()
    this.#chance = this.#options.clock.after(secondChanceMs, () => {
      this.#chance = undefined
      this.#tell()
    })
  }

  #endChance(): void {
    this.#chance?.cancel()
    this.#chance = undefined
  }

  #tell(): void {
    if (this.refusal) this.#options.onRefuse()
  }
}
