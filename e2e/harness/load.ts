import { systemClock } from '@knative-ts/clock'
import type { Gateway } from './gateway.ts'

export interface LoadResult {
  requests: number
  /** What went wrong, with how often. */
  failures: Record<string, number>
}

/**
 * Keeps `workers` requests in flight while `whilst` is pending.
 * @param pauseMs between the requests of a worker
 */
export async function underLoad(
  gateway: Gateway,
  url: string,
  workers: number,
  whilst: () => Promise<void>,
  pauseMs = 0,
): Promise<LoadResult> {
  const result: LoadResult = { requests: 0, failures: {} }
  let over = false
  const work = async () => {
    while (!over) {
      result.requests++
      const failure = await gateway.get(url).then(
        ({ status, body }) => (status === 200 ? undefined : `${status} ${body.trim()}`),
        (error: Error) => error.message,
      )
      if (failure !== undefined) result.failures[failure] = (result.failures[failure] ?? 0) + 1
      if (pauseMs > 0) await systemClock.sleep(pauseMs)
    }
  }
  const running = Array.from({ length: workers }, work)
  try {
    await whilst()
  } finally {
    over = true
  }
  await Promise.all(running)
  return result
}

/** How often each text occurs. */
export function tally(bodies: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const body of bodies) counts[body] = (counts[body] ?? 0) + 1
  return counts
}
