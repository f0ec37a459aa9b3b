import { type Clock, sleepWith, type Timer } from '../clock.ts'

interface Pending {
  dueMs: number
  order: number
  everyMs: number | undefined
  fn: () => void
}

/** Time that stands still until a test moves it. */
export class ManualClock implements Clock {
  #nowMs: number
  readonly #startMs: number
  #order = 0
  readonly #pending = new Set<Pending>()

  /** @param startMs wall-clock milliseconds at the start */
  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs
    this.#startMs = startMs
  }

  now(): number {
    return this.#nowMs
  }

  monotonic(): number {
    return this.#nowMs - this.#startMs
  }

  after(ms: number, fn: () => void): Timer {
    return this.#add({ dueMs: this.#nowMs + Math.max(0, ms), order: this.#order++, everyMs: undefined, fn })
  }

  every(ms: number, fn: () => void): Timer {
    return this.#add({ dueMs: this.#nowMs + ms, order: this.#order++, everyMs: ms, fn })
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepWith(this, ms, signal)
  }

  /** How many timers are waiting; 0 at the end of a test means nothing leaked. */
  get pendingTimers(): number {
    return this.#pending.size
  }

  /**
   * Moves time forward by `ms`, firing due timers in order, and lets the promises that each one
   * released run to rest before the next.
   */
  async advance(ms: number): Promise<void> {
    const targetMs = this.#nowMs + ms
    await this.settle()
    for (let next = this.#nextDue(targetMs); next; next = this.#nextDue(targetMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.dueMs)
      if (next.everyMs === undefined) this.#pending.delete(next)
      else {
        next.dueMs += next.everyMs
        next.order = this.#order++
      }
      next.fn()
      await this.settle()
    }
    this.#nowMs = targetMs
    await this.settle()
  }

  /** Lets promise chains and already queued I/O callbacks run without moving time. */
  async settle(): Promise<void> {
    for (let i = 0; i < 5; i++) await new Promise<void>((resolve) => setImmediate(resolve))
  }

  #add(pending: Pending): Timer {
    this.#pending.add(pending)
    return { cancel: () => this.#pending.delete(pending) }
  }

  #nextDue(limitMs: number): Pending | undefined {
    let best: Pending | undefined
    for (const p of this.#pending) {
      if (p.dueMs > limitMs) continue
      if (!best || p.dueMs < best.dueMs || (p.dueMs === best.dueMs && p.order < best.order)) best = p
    }
    return best
  }
}
