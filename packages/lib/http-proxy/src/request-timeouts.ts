import type { Clock, Timer } from '@knative-ts/clock'
import type { Exchange } from './exchange.ts'

/** Limits on one exchange, milliseconds from its arrival; 0 switches one off. */
export interface TimeLimits {
  /** The whole exchange, whatever was written. */
  readonly requestMs: number
  /** Until anything of a response (a 1xx counts) is written. */
  readonly responseStartMs: number
  /** Between two writes of the response; on an upgraded connection between bytes in either direction. */
  readonly idleMs: number
  /** Body of the 504, or appended to a body already begun. */
  readonly text: string
}

/**
 * Cuts `exchange` off with 504 when one of `limits` passes. To be
 * called on arrival, before the request waits anywhere.
 */
export function limitTime(exchange: Exchange, limits: TimeLimits, clock: Clock): void {
  const cutOff = () => exchange.cutOff(504, limits.text)
  const request = limits.requestMs > 0 ? clock.after(limits.requestMs, cutOff) : undefined
  const watch =
    limits.responseStartMs > 0 || limits.idleMs > 0 ? new ActivityWatch(exchange, limits, clock) : undefined
  exchange.onEnd(() => {
    request?.cancel()
    watch?.stop()
  })
}

/** The limits that depend on what is written. */
class ActivityWatch {
  readonly #exchange: Exchange
  readonly #limits: TimeLimits
  readonly #clock: Clock
  #responseStart: Timer | undefined
  #idle: Timer | undefined
  #lastMs: number

  constructor(exchange: Exchange, limits: TimeLimits, clock: Clock) {
    this.#exchange = exchange
    this.#limits = limits
    this.#clock = clock
    this.#lastMs = clock.monotonic()
    if (limits.responseStartMs > 0)
      this.#responseStart = clock.after(limits.responseStartMs, () => this.#cutOff())
    if (limits.idleMs > 0) this.#idle = clock.after(limits.idleMs, this.#checkIdle)
    exchange.onActivity = () => this.#seen()
  }

  stop(): void {
    this.#responseStart?.cancel()
    this.#idle?.cancel()
    this.#exchange.onActivity = undefined
  }

  #seen(): void {
    this.#responseStart?.cancel()
    this.#responseStart = undefined
    if (this.#idle) this.#lastMs = this.#clock.monotonic()
    else this.#exchange.onActivity = undefined
  }

  readonly #checkIdle = () => {
    const leftMs = this.#lastMs + this.#limits.idleMs - this.#clock.monotonic()
    if (leftMs <= 0) this.#cutOff()
    else this.#idle = this.#clock.after(leftMs, this.#checkIdle)
  }

  #cutOff(): void {
    this.#exchange.cutOff(504, this.#limits.text)
  }
}
