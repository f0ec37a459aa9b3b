import { leases, type V1Lease } from '@knative-ts/apis'
import type { Informer, InformerFactory } from '@knative-ts/kube'
import type { BucketLeadership } from '@knative-ts/reconciler'

/** Who leads the bucket of a key. */
export type BucketOwner =
  | { kind: 'self' }
  | { kind: 'peer'; bucket: string; ip: string }
  | { kind: 'unknown' }

/** `holderIdentity` of an autoscaler, from which others learn its address. */
export function holderIdentity(podName: string, podIp: string): string {
  return `${podName}_${podIp}`
}

/** The pod IP in a holder identity, or undefined if there is none. */
export function holderIp(identity: string | undefined): string | undefined {
  const underscore = identity?.indexOf('_') ?? -1
  return underscore > 0 ? identity?.slice(underscore + 1) || undefined : undefined
}

/** Follows the Leases of the autoscaler's buckets. */
export class BucketOwners {
  readonly #leadership: Pick<BucketLeadership, 'bucketOf' | 'isLeaderFor'>
  readonly #buckets: ReadonlySet<string>
  readonly #ownIp: string
  readonly #informer: Informer<V1Lease>
  readonly #ipOf = new Map<string, string>()

  /** @param onChange told of a bucket whose holder changed, and the new holder's IP */
  constructor(
    informers: InformerFactory,
    namespace: string,
    buckets: readonly string[],
    ownIp: string,
    leadership: Pick<BucketLeadership, 'bucketOf' | 'isLeaderFor'>,
    onChange: (bucket: string, ip: string) => void,
  ) {
    this.#leadership = leadership
    this.#buckets = new Set(buckets)
    this.#ownIp = ownIp
    this.#informer = informers.informer(leases, { namespace })
    const follow = (lease: V1Lease) => {
      const bucket = lease.metadata.name ?? ''
      if (!this.#buckets.has(bucket)) return
      const ip = holderIp(lease.spec?.holderIdentity ?? undefined)
      if (ip === undefined) this.#ipOf.delete(bucket)
      if (ip === undefined || this.#ipOf.get(bucket) === ip) return
      this.#ipOf.set(bucket, ip)
      onChange(bucket, ip)
    }
    this.#informer.addHandler({ onAdd: follow, onUpdate: (_, after) => follow(after) })
  }

  ownerOf(key: string): BucketOwner {
    if (this.#leadership.isLeaderFor(key)) return { kind: 'self' }
    const bucket = this.#leadership.bucketOf(key)
    const ip = this.#ipOf.get(bucket)
    return ip === undefined || ip === this.#ownIp ? { kind: 'unknown' } : { kind: 'peer', bucket, ip }
  }

  /** Whether a bucket's Lease is held by this process. */
  isHeldHere(bucket: string): boolean {
    return this.#ipOf.get(bucket) === this.#ownIp
  }
}
