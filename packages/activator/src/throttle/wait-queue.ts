import type { PodTracker } from './pod-tracker.ts'

/** A request that waits for a pod. Exactly one of the two callbacks is called, unless it is removed first. */
export interface Waiter {
  /** A slot of this pod now belongs to the request. */
  granted(pod: PodTracker): void
  /** The revision is gone; there will never be a pod. */
  refused(): void
}

/** A waiter's place in the queue; lets it leave without a search. */
export interface Place {
  readonly waiter: Waiter
  previous: Place | undefined
  next: Place | undefined
  queued: boolean
}

/** First come, first served; leaving from the middle costs the same as from the head. */
export class WaitQueue {
  #head: Place | undefined
  #tail: Place | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  join(waiter: Waiter): Place {
    const place: Place = { waiter, previous: this.#tail, next: undefined, queued: true }
    if (this.#tail) this.#tail.next = place
    else this.#head = place
    this.#tail = place
    this.#size++
    return place
  }

  /** Takes a place out of the queue; false if it had been served or had left already. */
  leave(place: Place): boolean {
    if (!place.queued) return false
    if (place.previous) place.previous.next = place.next
    else this.#head = place.next
    if (place.next) place.next.previous = place.previous
    else this.#tail = place.previous
    place.previous = place.next = undefined
    place.queued = false
    this.#size--
    return true
  }

  /** Removes and returns who has waited longest. */
  shift(): Waiter | undefined {
    const head = this.#head
    if (!head) return undefined
    this.leave(head)
    return head.waiter
  }
}
