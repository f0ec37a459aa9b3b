/** Largest capacity a breaker takes; stands for "no limit". */
export const maxBreakerCapacity = 2_147_483_647

/** A request that waits in a breaker. */
export interface Waiting {
  /** Leaves the queue; does nothing once admitted. */
  cancel(): void
}

class Waiter implements Waiting {
  readonly admit: () => void
  readonly #breaker: Breaker
  previous: Waiter | undefined
  next: Waiter | undefined
  queued = true

  constructor(breaker: Breaker, admit: () => void) {
    this.#breaker = breaker
    this.admit = admit
  }

  cancel(): void {
    if (this.queued) this.#breaker.withdraw(this)
  }
}

/** Sizes of a `Breaker`. */
export interface BreakerOptions {
  /** How many may wait beyond those admitted. */
  readonly queueDepth: number
  /** Slots counted, with the queue, against "full"; also the largest sensible `capacity`. */
  readonly maxConcurrency: number
  /** Slots open at the start; 0 keeps everybody waiting until `updateConcurrency`. */
  readonly initialCapacity: number
}

/**
 * Admits up to `capacity` requests at a time and lets `queueDepth` more wait, first come first served.
 * Every operation is O(1); taking a free slot allocates nothing.
 */
export class Breaker {
  readonly #totalSlots: number
  #capacity: number
  #active = 0
  #waiting = 0
  #admitting = false
  #first: Waiter | undefined
  #last: Waiter | undefined

  constructor(options: BreakerOptions) {
    this.#totalSlots = options.queueDepth + options.maxConcurrency
    this.#capacity = clampCapacity(options.initialCapacity)
  }

  get capacity(): number {
    return this.#capacity
  }

  /** Requests admitted and not yet released. */
  get active(): number {
    return this.#active
  }

  /** Requests admitted or waiting. */
  get inFlight(): number {
    return this.#active + this.#waiting
  }

  /** Takes a slot if one is free. Whoever got true calls `release` once. */
  tryAcquire(): boolean {
    if (this.#active >= this.#capacity || this.inFlight >= this.#totalSlots) return false
    this.#active++
    return true
  }

  /**
   * Queues a request that `tryAcquire` refused. `admit` runs once, later, when a slot is this request's; it then
   * calls `release` once, and must not throw.
   * @returns undefined when the queue is full
   */
  wait(admit: () => void): Waiting | undefined {
    if (this.inFlight >= this.#totalSlots) return undefined
    const waiter = new Waiter(this, admit)
    waiter.previous = this.#last
    if (this.#last) this.#last.next = waiter
    else this.#first = waiter
    this.#last = waiter
    this.#waiting++
    return waiter
  }

  /** Gives a slot back, to the longest waiting request if there is one. */
  release(): void {
    if (this.#active === 0) throw new RangeError('Breaker.release called more often than slots were acquired')
    this.#active--
    this.#admitWaiting()
  }

  /** Changes how many run at a time. Requests already admitted stay; waiting ones are admitted as far as slots allow. */
  updateConcurrency(capacity: number): void {
    this.#capacity = clampCapacity(capacity)
    this.#admitWaiting()
  }

  /** @internal */
  withdraw(waiter: Waiter): void {
    waiter.queued = false
    if (waiter.previous) waiter.previous.next = waiter.next
    else this.#first = waiter.next
    if (waiter.next) waiter.next.previous = waiter.previous
    else this.#last = waiter.previous
    waiter.previous = undefined
    waiter.next = undefined
    this.#waiting--
  }

  /** Not recursive, although `admit` may release at once. */
  #admitWaiting(): void {
    if (this.#admitting) return
    this.#admitting = true
    while (this.#first && this.#active < this.#capacity) {
      const waiter = this.#first
      this.withdraw(waiter)
      this.#active++
      waiter.admit()
    }
    this.#admitting = false
  }
}

function clampCapacity(capacity: number): number {
  return Math.min(Math.max(0, capacity), maxBreakerCapacity)
}
