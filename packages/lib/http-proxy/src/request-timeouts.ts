import type { Clock, Timer } from '@knative-ts/clock'
import type { Exchange } from './exchange.ts'

/** Limits on one exchange, milliseconds from its arrival; 0 or less switches one off. */
export interface TimeLimits {
  /** The whole exchange, whatever was written. */
  readonly requestMs: number
  /**
   * Until anything of a response (a 1xx counts) is written. On an upgraded connection, from the client's first byte to the destination's.
   */
  readonly responseStartMs: number
  /** Between bytes in either direction: of the request body as it is read, of the response, or of an upgraded connection. */
  readonly idleMs: number
  /** Body of the 504, or appended to a body already begun. */
  readonly text: string
}

/**
 * Cuts `exchange` off with 504 when one of `limits` passes. To be
 * called on arrival, before the request waits anywhere.
 */
export function limitTime(exchange: Exchange, limits: TimeLimits, clock: Clock): void {
  if (limits.requestMs > 0 || limits.responseStartMs > 0 || limits.idleMs > 0)
    new TimeLimit(exchange, limits, clock).start()
}

/** The limits on one exchange. One timer, set to whichever may pass first, serves all three. */
class TimeLimit {
  readonly #exchange: Exchange
  readonly #limits: TimeLimits
  readonly #clock: Clock
  readonly #startMs: number
  /** When something was last written, or read of the body. */
  #lastMs: number
  /** Since when the start of a response is awaited; undefined while it isn't. */
  #awaitedMs: number | undefined
  #begun = false
  #switched = false
  #timer: Timer | undefined

  constructor(exchange: Exchange, limits: TimeLimits, clock: Clock) {
    this.#exchange = exchange
    this.#limits = limits
    this.#clock = clock
    this.#startMs = clock.monotonic()
    this.#lastMs = this.#startMs
    this.#awaitedMs = this.#startMs
  }

  start(): void {
    this.#timer = this.#clock.after(this.#leftMs(this.#startMs), this.#check)
    const { responseStartMs, idleMs } = this.#limits
    if (responseStartMs > 0 || idleMs > 0) this.#exchange.onActivity = this.#onActivity
    if (idleMs > 0) this.#exchange.onBody = this.#onBody
    this.#exchange.onEnd(this.#stop)
  }

  /** Until the first limit passes, if nothing is written meanwhile. */
  #leftMs(nowMs: number): number {
    const { requestMs, responseStartMs, idleMs } = this.#limits
    const elapsedMs = nowMs - this.#startMs
    let leftMs = Number.POSITIVE_INFINITY
    if (requestMs > 0) leftMs = requestMs - elapsedMs
    if (responseStartMs > 0 && this.#awaitedMs !== undefined)
      leftMs = Math.min(leftMs, this.#awaitedMs + responseStartMs - nowMs)
    if (idleMs > 0) leftMs = Math.min(leftMs, this.#lastMs + idleMs - nowMs)
    return leftMs
  }

  readonly #onBody = () => {
    this.#lastMs = this.#clock.monotonic()
  }

  readonly #onActivity = () => {
    if (!this.#begun) this.#noteStart()
    const { idleMs, requestMs } = this.#limits
    if (idleMs > 0) {
      this.#lastMs = this.#clock.monotonic()
      return
    }
    if (!this.#begun) return
    this.#exchange.onActivity = undefined
    if (requestMs <= 0) this.#timer?.cancel()
  }

  /** A 101 opens the way, and is no answer to what the client then says. */
  #noteStart(): void {
    const { upgraded, bodyBytes } = this.#exchange
    if (!upgraded || bodyBytes > 0) {
      this.#begun = true
      this.#awaitedMs = undefined
    } else if (!this.#switched) {
      this.#switched = true
      this.#awaitedMs = undefined
    } else if (this.#awaitedMs === undefined && this.#limits.responseStartMs > 0) {
      this.#awaitedMs = this.#clock.monotonic()
      this.#timer?.cancel()
      this.#timer = this.#clock.after(this.#leftMs(this.#awaitedMs), this.#check)
    }
  }

  readonly #check = () => {
    const leftMs = this.#leftMs(this.#clock.monotonic())
    if (leftMs <= 0) this.#exchange.cutOff(504, this.#limits.text)
    else if (leftMs < Number.POSITIVE_INFINITY) this.#timer = this.#clock.after(leftMs, this.#check)
  }

  readonly #stop = () => {
    this.#timer?.cancel()
    this.#exchange.onActivity = undefined
    this.#exchange.onBody = undefined
  }
}
