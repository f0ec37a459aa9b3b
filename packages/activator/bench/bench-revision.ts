import { type Clock, systemClock } from '@knative-ts/clock'
import type { Backends } from '../src/backends/backends.ts'
import { QueueBudget } from '../src/throttle/queue-budget.ts'
import { RevisionThrottler } from '../src/throttle/revision-throttler.ts'

/** `ip:port` of `count` pods, in no particular order. */
export function podAddresses(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const host = (i * 7919) % 65_521
    return `10.0.${host >> 8}.${host & 255}:8012`
  })
}

/** Backends with these pods. */
export function backendsOf(pods: Iterable<string>): Backends {
  return { clusterIP: undefined, pods: new Set(pods) }
}

/** A throttler with nearly endless room in its queue. */
export function benchThrottler(containerConcurrency: number, clock: Clock = systemClock): RevisionThrottler {
  const limits = { maxRequests: 1e9, maxBytes: 1e12, maxRequestsPerRevision: 1e9, maxBytesPerRevision: 1e12 }
  return new RevisionThrottler({
    containerConcurrency,
    random: Math.random,
    clock,
    budget: new QueueBudget(() => limits),
  })
}
