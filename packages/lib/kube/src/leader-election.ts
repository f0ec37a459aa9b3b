import { leases, type V1Lease } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { Logger } from '@knative-ts/observability'
import { isConflict, isNotFound } from './api-error.ts'
import type { KubeClient } from './kube-client.ts'

export interface LeaderElectorOptions {
  client: KubeClient
  clock: Clock
  logger: Logger
  namespace: string
  leaseName: string
  /** `holderIdentity`; unique per process. */
  identity: string
  /**
   * Name of the pod this runs in, if it does. A lease held as `<podName>_…` is an earlier process's of the
   * same pod; that one has ended, so its lease is taken without waiting.
   */
  podName?: string
  leaseDurationMs: number
  renewDeadlineMs: number
  retryPeriodMs: number
  onPromote(): void
  onDemote(): void
}

/**
 * Holds one Lease, or waits for it. A holder that cannot renew within the deadline steps down before the
 * lease runs out for others, so that two never lead at once.
 */
export class LeaderElector {
  readonly #options: LeaderElectorOptions
  #leading = false
  /** What we last saw of a foreign holder and when, by our own monotonic clock. */
  #observed: { resourceVersion: string; atMs: number } | undefined

  constructor(options: LeaderElectorOptions) {
    this.#options = options
  }

  get leading(): boolean {
    return this.#leading
  }

  /** Competes until `signal` aborts, then releases the lease if held. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, retryPeriodMs, renewDeadlineMs, logger, leaseName } = this.#options
    let renewedAtMs = clock.monotonic()
    while (!signal.aborted) {
      let held = false
      try {
        held = await this.#acquireOrRenew()
      } catch (error) {
        logger.warn(`cannot reach lease ${leaseName}; trying again`, { error })
        held = this.#leading && clock.monotonic() - renewedAtMs < renewDeadlineMs
        if (held) {
          await this.#pause(retryPeriodMs, signal)
          continue
        }
      }
      if (held) renewedAtMs = clock.monotonic()
      this.#become(held)
      await this.#pause(retryPeriodMs, signal)
    }
    if (this.#leading) {
      this.#become(false)
      await this.#release()
    }
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#options.clock.sleep(ms, signal)
    } catch {
      // Aborted: the loop ends by itself.
    }
  }

  #become(leading: boolean): void {
    if (leading === this.#leading) return
    this.#leading = leading
    if (leading) this.#options.onPromote()
    else this.#options.onDemote()
  }

  async #acquireOrRenew(): Promise<boolean> {
    const { client, namespace, leaseName, identity } = this.#options
    let lease: V1Lease
    try {
      lease = await client.get(leases, namespace, leaseName)
    } catch (error) {
      if (!isNotFound(error)) throw error
      return this.#write(undefined)
    }
    const holder = lease.spec?.holderIdentity ?? ''
    if (holder !== '' && holder !== identity && !this.#isPredecessor(holder) && !this.#lapsed(lease))
      return false
    return this.#write(lease)
  }

  #isPredecessor(holder: string): boolean {
    const { podName } = this.#options
    return podName !== undefined && holder.startsWith(`${podName}_`)
  }

  /** Clocks of other machines are not trusted: a lease has lapsed when we saw it unchanged for its duration. */
  #lapsed(lease: V1Lease): boolean {
    const nowMs = this.#options.clock.monotonic()
    const resourceVersion = lease.metadata.resourceVersion ?? ''
    if (this.#observed?.resourceVersion !== resourceVersion) {
      this.#observed = { resourceVersion, atMs: nowMs }
    }
    const durationMs = (lease.spec?.leaseDurationSeconds ?? this.#options.leaseDurationMs / 1000) * 1000
    return nowMs - this.#observed.atMs >= durationMs
  }

  async #write(lease: V1Lease | undefined): Promise<boolean> {
    const { client, namespace, leaseName, identity, leaseDurationMs, clock } = this.#options
    const now = microTime(clock.now())
    const taken = lease?.spec?.holderIdentity !== identity
    const spec = {
      holderIdentity: identity,
      leaseDurationSeconds: Math.round(leaseDurationMs / 1000),
      acquireTime: taken ? now : lease?.spec?.acquireTime,
      renewTime: now,
      leaseTransitions: (lease?.spec?.leaseTransitions ?? 0) + (lease && taken ? 1 : 0),
    }
    try {
      if (lease) await client.update(leases, { ...lease, spec } as V1Lease)
      else await client.create(leases, { metadata: { name: leaseName, namespace }, spec } as V1Lease)
      return true
    } catch (error) {
      if (isConflict(error) || (error as { code?: string }).code === 'AlreadyExists') return false
      throw error
    }
  }

  async #release(): Promise<void> {
    const { client, namespace, leaseName, identity, logger, clock } = this.#options
    try {
      const lease = await client.get(leases, namespace, leaseName)
      if (lease.spec?.holderIdentity !== identity) return
      const spec = {
        ...lease.spec,
        holderIdentity: '',
        leaseDurationSeconds: 1,
        renewTime: microTime(clock.now()),
      }
      await client.update(leases, { ...lease, spec } as V1Lease)
    } catch (error) {
      logger.warn(`lease ${leaseName} was not released; others take over when it runs out`, { error })
    }
  }
}

function microTime(ms: number): string {
  return new Date(ms).toISOString().replace(/(\.\d{3})Z$/, '$1000Z')
}
