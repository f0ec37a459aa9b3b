import type { Clock, Timer } from '@knative-ts/clock'

/**
 * Calls `fn` every `periodMs`, first after one period. A late call does not delay the ones after it, so that
 * no second is left out as lateness adds up; calls missed altogether are not made up for.
 */
export function steadyTicks(clock: Clock, periodMs: number, fn: () => void): Timer {
  let dueMs = clock.monotonic() + periodMs
  let timer: Timer
  const tick = () => {
    const lateMs = clock.monotonic() - dueMs
    dueMs += periodMs * (1 + Math.max(0, Math.floor(lateMs / periodMs)))
    timer = clock.after(dueMs - clock.monotonic(), tick)
    fn()
  }
  timer = clock.after(periodMs, tick)
  return { cancel: () => timer.cancel() }
}
