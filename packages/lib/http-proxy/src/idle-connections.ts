import type { Clock, Timer } from '@knative-ts/clock'

/** Something that holds idle connections. */
export interface IdleHolder {
  /** Closes those idle since `beforeMs` (monotonic) or longer. @returns whether any are left */
  closeIdle(beforeMs: number): boolean
}

/** How many connections may lie idle, and for how long. */
export interface IdleLimits {
  readonly maxIdle: number
  readonly maxIdlePerDestination: number
  readonly idleMs: number
}

/** Counts idle connections over all destinations and closes old ones; one timer serves them all. */
export class IdleConnections {
  readonly #clock: Clock
  readonly #limits: IdleLimits
  readonly #holders = new Set<IdleHolder>()
  #count = 0
  #timer: Timer | undefined

  constructor(clock: Clock, limits: IdleLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  /** Connections that lie idle. */
  get count(): number {
    return this.#count
  }

  /** Whether one more may lie idle at a destination that has `held`. */
  admits(held: number): boolean {
    return held < this.#limits.maxIdlePerDestination && this.#count < this.#limits.maxIdle
  }

  /** Counts one in. @returns now, monotonic milliseconds */
  add(holder: IdleHolder): number {
    this.#count++
    this.#holders.add(holder)
    this.#timer ??= this.#clock.after(this.#limits.idleMs, this.#sweep)
    return this.#clock.monotonic()
  }

  /** Counts some out. */
  remove(count: number): void {
    this.#count -= count
  }

  /** Stops the timer. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  /** Runs every half limit while anything is idle, so nothing lies longer than one and a half. */
  readonly #sweep = () => {
    this.#timer = undefined
    const beforeMs = this.#clock.monotonic() - this.#limits.idleMs
    for (const holder of this.#holders) if (!holder.closeIdle(beforeMs)) this.#holders.delete(holder)
    if (this.#holders.size > 0) this.#timer = this.#clock.after(this.#limits.idleMs / 2, this.#sweep)
  }
}
