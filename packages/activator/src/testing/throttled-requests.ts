import { ManualClock } from '@knative-ts/clock/testing'
import type { PodTracker } from '../throttle/pod-tracker.ts'
import { QueueBudget, type QueueLimits } from '../throttle/queue-budget.ts'
import { RevisionThrottler } from '../throttle/revision-throttler.ts'
import type { Place, Refusal } from '../throttle/wait-queue.ts'

/** Limits that no queue reaches. */
export const roomy: QueueLimits = {
  maxRequests: 1e6,
  maxBytes: 1e9,
  maxRequestsPerRevision: 1e6,
  maxBytesPerRevision: 1e9,
}

export const throttler = (
  containerConcurrency: number,
  clock = new ManualClock(),
  budget = new QueueBudget(() => roomy),
) => new RevisionThrottler({ containerConcurrency, random: Math.random, clock, budget })

export const pods = (...dests: string[]) => ({ clusterIP: undefined, pods: new Set(dests) })

/** A request as the pipeline would treat it. */
export class Request {
  pod: PodTracker | undefined
  refused: Refusal | undefined
  readonly place: Place | undefined

  constructor(of: RevisionThrottler, bytes = 1) {
    this.pod = of.reserve()
    if (this.pod) return
    this.place = of.wait(
      {
        granted: (pod) => {
          this.pod = pod
        },
        refused: (refusal) => {
          this.refused = refusal
        },
      },
      bytes,
    )
  }

  get dest(): string | undefined {
    return this.pod?.dest
  }
}
