import type { Stat } from '../gen/metrics.ts'

/** Where the stats of a revision belong. */
export type RevisionOwner = { kind: 'self' } | { kind: 'peer'; address: string } | { kind: 'unknown' }

/** What the streams need to know of the process they end in. Keys are `namespace/revision`. */
export interface StatsHost {
  /** The autoscaler that leads the revision's bucket; a peer's `address` is that of its own stats port. */
  ownerOf(key: string): RevisionOwner
  /** Whether a pod of the revision has this IP. */
  isPodOf(key: string, ip: string): boolean
  /** Pods of the revision that exist, ready or not. */
  podCount(key: string): number
  /** An activator's report on a revision that is ours, or whose owner isn't known yet. */
  onLoad(namespace: string, revision: string, stat: Stat): void
}
