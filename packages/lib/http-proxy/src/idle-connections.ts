import type { Clock, Timer } from '@knative-ts/clock'

/** Between two looks for old connections, milliseconds. */
const leastPauseMs = 1_000

/** Something that holds idle connections. */
export interface IdleHolder {
  /** Closes those idle since `beforeMs` (monotonic) or longer. @returns since when the oldest that is left has been, if any is */
  closeIdle(beforeMs: number): number | undefined
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

  /** Runs when the oldest has been idle for as long as it may, but not so often that many destinations cost much. */
  readonly #sweep = () => {
    this.#timer = undefined
    const nowMs = this.#clock.monotonic()
    const { idleMs } = this.#limits
    let oldestMs = Number.POSITIVE_INFINITY
    for (const holder of this.#holders) {
      const sinceMs = holder.closeIdle(nowMs - idleMs)
      if (sinceMs === undefined) this.#holders.delete(holder)
      else oldestMs = Math.min(oldestMs, sinceMs)
    }
    if (this.#holders.size === 0) return
    this.#timer = this.#clock.after(Math.max(oldestMs + idleMs - nowMs, leastPauseMs), this.#sweep)
  }
}
