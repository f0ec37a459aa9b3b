import type { Stat } from '../gen/metrics.ts'

/** Where the stats of a revision belong. */
export type RevisionOwner = { kind: 'self' } | { kind: 'peer'; address: string } | { kind: 'unknown' }

/** Who claims to be a pod. */
export interface PodReporter {
  readonly podName: string
  /** Empty if it didn't say. */
  readonly podUid: string
  /** Where its stream comes from. */
  readonly ip: string
}

/** What the streams need to know of the process they end in. Keys are `namespace/revision`. */
export interface StatsHost {
  /** The autoscaler that leads the revision's bucket; a peer's `address` is that of its own stats port. */
  ownerOf(key: string): RevisionOwner
  /** Whether the reporter is a pod of the revision, by what the API knows of that pod. */
  isPodOf(key: string, reporter: PodReporter): boolean
  /** Pods of the revision that exist, ready or not. */
  podCount(key: string): number
  /** An activator's report on a revision that is ours, or whose owner isn't known yet. */
  onLoad(namespace: string, revision: string, stat: Stat): void
}
