import type { Descriptors } from '../processes/child.ts'
import type { Holdings } from '../processes/diagnostics.ts'

/** What a process holds at one moment. */
export interface Footprint {
  readonly descriptors: Descriptors
  readonly holdings: Holdings
}

/** Live bytes by which a process may have grown: compiled code, pools, inline caches. */
const toleratedBytes = 8 << 20

/** What is held now beyond what was held before, in words; empty when nothing is. */
export function leaksBetween(before: Footprint, after: Footprint): string[] {
  const leaks = [
    ...surplus(before.descriptors, after.descriptors).map((text) => `descriptors: ${text}`),
    ...surplus(before.holdings.resources, after.holdings.resources).map((text) => `resources: ${text}`),
  ]
  const grownBytes = after.holdings.aliveBytes - before.holdings.aliveBytes
  if (grownBytes > toleratedBytes) leaks.push(`memory alive: ${(grownBytes / (1 << 20)).toFixed(1)} MiB more`)
  return leaks
}

function surplus(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): string[] {
  return Object.entries(after)
    .filter(([kind, count]) => count > (before[kind] ?? 0))
    .map(([kind, count]) => `${count} ${kind} instead of ${before[kind] ?? 0}`)
}
