import type { PodTracker } from './pod-tracker.ts'
import type { QueueBudget } from './queue-budget.ts'

/** Why a request will not get a pod. */
export type Refusal =
  /** The revision was deleted. */
  | 'revision-gone'
  /** Too much waits already. */
  | 'queue-full'
  /** The revision's status says that its pods can't come up. */
  | 'cannot-start'

/** A request that waits for a pod. Exactly one of the two callbacks is called, unless it is removed first. */
export interface Waiter {
  /** A slot of this pod now belongs to the request. */
  granted(pod: PodTracker): void
  /** There won't be a pod for this request. */
  refused(refusal: Refusal): void
}

/** A waiter's place in the queue; lets it leave without a search. */
export interface Place {
  readonly waiter: Waiter
  /** Memory that the request holds while it waits. */
  readonly bytes: number
  /** Monotonic time of joining. */
  readonly joinedMs: number
  previous: Place | undefined
  next: Place | undefined
  queued: boolean
}

/** Requests in line, by arrival; leaving from the middle costs the same as from either end. */
export class WaitQueue {
  readonly #budget: QueueBudget
  #oldest: Place | undefined
  #newest: Place | undefined
  #size = 0
  #bytes = 0

  /** @param budget shared by all queues of the activator */
  constructor(budget: QueueBudget) {
    this.#budget = budget
  }

  get size(): number {
    return this.#size
  }

  /** Memory of all that wait. */
  get bytes(): number {
    return this.#bytes
  }

  /** Who has waited longest. */
  get oldest(): Place | undefined {
    return this.#oldest
  }

  /** Who came last. */
  get newest(): Place | undefined {
    return this.#newest
  }

  /** Whether a request of `bytes` may join. */
  admits(bytes: number): boolean {
    return this.#budget.admits(this, bytes)
  }

  /** Whether a request of `bytes` could join if nobody else were here. */
  couldAdmit(bytes: number): boolean {
    return this.#budget.couldAdmit(this, bytes)
  }

  /** Adds a request that `admits` let in. */
  join(waiter: Waiter, bytes: number, nowMs: number): Place {
    const place: Place = {
      waiter,
      bytes,
      joinedMs: nowMs,
      previous: this.#newest,
      next: undefined,
      queued: true,
    }
    if (this.#newest) this.#newest.next = place
    else this.#oldest = place
    this.#newest = place
    this.#size++
    this.#bytes += bytes
    this.#budget.take(bytes)
    return place
  }

  /** Takes a place out of the queue; false if it had been served or had left already. */
  leave(place: Place): boolean {
    if (!place.queued) return false
    if (place.previous) place.previous.next = place.next
    else this.#oldest = place.next
    if (place.next) place.next.previous = place.previous
    else this.#newest = place.previous
    place.previous = place.next = undefined
    place.queued = false
    this.#size--
    this.#bytes -= place.bytes
    this.#budget.giveBack(place.bytes)
    return true
  }
}
