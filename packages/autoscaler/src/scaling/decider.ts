import type { StatAverages } from '@knative-ts/stats/windows'
import type { DeciderSpec } from './decider-spec.ts'
import { desiredScale, initialExcessBurstCapacity, type Panic } from './desired-scale.ts'
import { ScaleDownDelay } from './scale-down-delay.ts'

/** No decision was taken yet. */
export const undecided = -1

/** What the reconciler acts on. */
export interface DeciderStatus {
  /** Pods wanted, or `undecided`. */
  readonly desired: number
  readonly excessBurstCapacity: number
}

/** One revision's scaling state. It lives in memory only, so a new one errs on the side of too many pods. */
export class Decider {
  #spec: DeciderSpec
  #status: DeciderStatus
  #panic: Panic
  readonly #delay: ScaleDownDelay | undefined

  /**
   * @param readyPods more than one, without a known load, mean that an autoscaler restarted under traffic:
   *   nothing is scaled down for a stable window
   */
  constructor(spec: DeciderSpec, readyPods: number, nowMs: number) {
    this.#spec = spec
    this.#status = {
      desired: undecided,
      excessBurstCapacity: initialExcessBurstCapacity(spec.parameters, spec.initialScale),
    }
    this.#panic = readyPods > 1 ? { sinceMs: nowMs, maxPods: readyPods } : undefined
    this.#delay = spec.scaleDownDelayMs > 0 ? new ScaleDownDelay(spec.scaleDownDelayMs) : undefined
  }

  get spec(): DeciderSpec {
    return this.#spec
  }

  /** Replaces the parameters; what was learnt stays. */
  set spec(spec: DeciderSpec) {
    this.#spec = spec
  }

  get status(): DeciderStatus {
    return this.#status
  }

  get panicking(): boolean {
    return this.#panic !== undefined
  }

  /**
   * Decides anew; returns whether anyone has to act on it: the scale changed, or the excess capacity
   * changed sign.
   */
  evaluate(readyPods: number, averages: StatAverages, nowMs: number): boolean {
    const { parameters } = this.#spec
    const decision = desiredScale({
      parameters,
      readyPods,
      stable: averages.stable,
      panicking: averages.panic,
      panic: this.#panic,
      nowMs,
    })
    this.#panic = decision.panic
    const desired =
      this.#delay && parameters.reachable ? this.#delay.hold(decision.pods, nowMs) : decision.pods
    const before = this.#status
    this.#status = { desired, excessBurstCapacity: decision.excessBurstCapacity }
    return before.desired !== desired || before.excessBurstCapacity < 0 !== decision.excessBurstCapacity < 0
  }
}
