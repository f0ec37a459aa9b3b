import type { PodRamp } from './pod-ramp.ts'

/**
 * A place requests can be sent to (a pod, or a revision's cluster IP) and how many are there now. Kept as
 * long as requests are in flight, even while the pod is not among the usable ones, so that a pod which
 * flaps is never given more than its limit.
 */
export class PodTracker {
  /** `ip:port`; identity of the pod and the order in which activators share pods. */
  readonly dest: string
  /** Requests sent by this activator and not finished. */
  inFlight = 0
  /** Most requests at a time; `Infinity` when unlimited. */
  limit = Number.POSITIVE_INFINITY
  /** What sets the limit while the pod, as the first from zero, is tried out. */
  ramp: PodRamp | undefined = undefined
  /** Position among the pods assigned to this activator, −1 if not assigned. */
  position = -1

  constructor(dest: string) {
    this.dest = dest
  }

  get hasRoom(): boolean {
    return this.inFlight < this.limit
  }
}
