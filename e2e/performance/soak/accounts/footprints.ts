import { systemClock } from '@knative-ts/clock'
import type { Child } from '../processes/child.ts'
import { type Footprint, leaksBetween } from './leaks.ts'

/** Idle connections are kept for up to 135 s and swept every 45 s; what is still there some time after that stays. */
const patienceMs = 200_000
const lookMs = 5_000

/** What each process holds now. */
export async function footprintsOf(children: readonly Child[]): Promise<Map<Child, Footprint>> {
  const found = new Map<Child, Footprint>()
  for (const child of children)
    found.set(child, { holdings: await child.holdings(), descriptors: child.descriptors() })
  return found
}

/** Waits until processes hold no more than `before`; resolves to what they still do, by name, once it has taken too long. */
export async function leaksSince(
  before: ReadonlyMap<Child, Footprint>,
  onWait: (text: string) => void,
): Promise<Record<string, string[]>> {
  const startMs = systemClock.monotonic()
  for (;;) {
    const leaks: Record<string, string[]> = {}
    for (const [child, after] of await footprintsOf([...before.keys()])) {
      const found = leaksBetween(before.get(child)!, after)
      if (found.length > 0) leaks[child.name] = found
    }
    if (Object.keys(leaks).length === 0) return leaks
    const waitedMs = systemClock.monotonic() - startMs
    if (waitedMs > patienceMs) return leaks
    onWait(
      `idle for ${Math.round(waitedMs / 1000)} s; ${Object.keys(leaks).join(', ')} still hold connections`,
    )
    await systemClock.sleep(lookMs)
  }
}
