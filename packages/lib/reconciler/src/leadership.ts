import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Clock } from '@knative-ts/clock'
import { type KubeClient, LeaderElector, ownerOf } from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'

/** Whether this process may act on a key. */
export interface Leadership {
  isLeaderFor(key: string): boolean
}

/** Leads everything; for single-replica tools and tests. */
export const alwaysLeader: Leadership = { isLeaderFor: () => true }

export interface BucketTimes {
  leaseDurationMs: number
  renewDeadlineMs: number
  retryPeriodMs: number
}

export interface BucketLeadershipOptions extends ProcessIdentity {
  client: KubeClient
  clock: Clock
  logger: Logger
  namespace: string
  /** Lease names, one per bucket. */
  buckets: readonly string[]
  times: BucketTimes
  /** Called when this process starts to lead a bucket: everything in it must be looked at. */
  onPromote(bucket: string): void
  onDemote?(bucket: string): void
}

/** Competes for one Lease per bucket; a key belongs to the bucket that consistent hashing gives it. */
export class BucketLeadership implements Leadership {
  readonly #options: BucketLeadershipOptions
  readonly #led = new Set<string>()

  constructor(options: BucketLeadershipOptions) {
    this.#options = options
  }

  isLeaderFor(key: string): boolean {
    return this.#led.has(this.bucketOf(key))
  }

  /** The bucket that owns `key`. */
  bucketOf(key: string): string {
    const { buckets } = this.#options
    return buckets.length === 1 ? buckets[0]! : ownerOf(buckets, key)
  }

  /** Competes until `signal` aborts, then releases what it holds. */
  async run(signal: AbortSignal): Promise<void> {
    const { buckets, onPromote, onDemote, times, ...rest } = this.#options
    await Promise.all(
      buckets.map((bucket) =>
        new LeaderElector({
          ...rest,
          ...times,
          leaseName: bucket,
          onPromote: () => {
            this.#led.add(bucket)
            onPromote(bucket)
          },
          onDemote: () => {
            this.#led.delete(bucket)
            onDemote?.(bucket)
          },
        }).run(signal),
      ),
    )
  }
}

/** Lease names of a reconciler: lower-case `<prefix>.<i>-of-<n>` with two digits each. */
export function bucketNames(prefix: string, count: number, separator = '.'): string[] {
  const two = (n: number) => String(n).padStart(2, '0')
  return Array.from({ length: count }, (_, i) =>
    `${prefix}${separator}${two(i)}-of-${two(count)}`.toLowerCase(),
  )
}

/** Who a process is in elections. */
export interface ProcessIdentity {
  /** `holderIdentity` of its Leases. */
  identity: string
  /** Name of the pod it runs in, if it does; see `LeaderElectorOptions.podName`. */
  podName?: string
}

/** An identity `<pod or host name>_<uuid>`: unique per process, and naming its pod. */
export function processIdentity(podName: string | undefined): ProcessIdentity {
  const identity = `${podName ?? hostname()}_${randomUUID()}`
  return podName === undefined ? { identity } : { identity, podName }
}
