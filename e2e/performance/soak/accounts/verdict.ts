import type { Ending } from '../load/ending.ts'

/**
 * `held`: a process that was killed had the request. `unlucky`: it was sent to a pod whose program had just been killed, before
 * anybody could be told. `lost`: nothing excuses it.
 */
export type Verdict = 'answered' | 'aborted' | 'held' | 'unlucky' | 'lost'

/** A pod of which a process was killed; monotonic time. */
export interface Death {
  readonly revision: string
  readonly pod: string
  readonly process: 'queue-proxy' | 'user container' | 'both'
  /** When it was killed. */
  readonly atMs: number
  /** When it was gone, and its connections with it: on a busy machine a killed process needs its turn to end. */
  readonly goneMs: number
}

/** A request that has ended; monotonic times. */
export interface Flight {
  readonly revision: string
  readonly startMs: number
  readonly endMs: number
  /** Pods whose user container it reached; none if it was always held before one. */
  readonly pods: readonly string[]
}

/** How long after its program is gone a pod may still be sent requests: one change of Endpoints, on a busy machine. */
export const newsMs = 250

/** No plan takes as long as this: whatever killed the request in the end, it hung before. */
export const longestMs = 45_000

/** Judges how a request ended, given which processes were killed. */
export function verdictOf(ending: Ending, flight: Flight, deaths: readonly Death[]): Verdict {
  if (ending.kind !== 'broken') return ending.kind
  if (flight.endMs - flight.startMs > longestMs) return 'lost'
  const concerned = deaths.filter(
    ({ revision, pod, atMs }) =>
      revision === flight.revision &&
      atMs <= flight.endMs &&
      (flight.pods.length === 0 || flight.pods.includes(pod)),
  )
  if (concerned.some(({ goneMs }) => flight.startMs <= goneMs)) return 'held'
  const unlucky = concerned.some(
    ({ process, goneMs }) =>
      process === 'user container' && flight.startMs - goneMs <= newsMs && flight.pods.length === 0,
  )
  return unlucky ? 'unlucky' : 'lost'
}
