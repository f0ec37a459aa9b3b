/** A timer that has been set and can be called off; `cancel` is idempotent. */
export interface Timer {
  cancel(): void
}

/**
 * The only way the project reads or waits for time. Deployables pass `systemClock`; tests pass a
 * `ManualClock` and move it by hand.
 */
export interface Clock {
  /** Wall-clock time, milliseconds since the Unix epoch. May jump. */
  now(): number
  /** Monotonic time, milliseconds with sub-millisecond fraction, for durations. */
  monotonic(): number
  /** Runs `fn` once after `ms` milliseconds, soon if that is less than 0; timers of Node reach 24 days, and longer ones end then. */
  after(ms: number, fn: () => void): Timer
  /** Runs `fn` every `ms` milliseconds, first after `ms`. */
  every(ms: number, fn: () => void): Timer
  /** Resolves after `ms` milliseconds, or rejects with `signal.reason` as soon as `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** With more, Node would run a timer at once. */
const longestMs = 2 ** 31 - 1

class SystemClock implements Clock {
  now(): number {
    return Date.now()
  }

  monotonic(): number {
    return performance.now()
  }

  after(ms: number, fn: () => void): Timer {
    const handle = setTimeout(fn, Math.min(Math.max(0, ms), longestMs))
    return { cancel: () => clearTimeout(handle) }
  }

  every(ms: number, fn: () => void): Timer {
    const handle = setInterval(fn, ms)
    return { cancel: () => clearInterval(handle) }
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepWith(this, ms, signal)
  }
}

/** Builds `Clock.sleep` from `Clock.after`; shared by every clock. */
export function sleepWith(clock: Pick<Clock, 'after'>, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason)
      return
    }
    const onAbort = () => {
      timer.cancel()
      reject(signal?.reason)
    }
    const timer = clock.after(ms, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** Real time. */
export const systemClock: Clock = new SystemClock()
