import type { Clock, Timer } from '@knative-ts/clock'
import { type Backends, noBackends } from './backends.ts'
import type { EndpointAddresses } from './endpoint-addresses.ts'
import { type MeshMode, PodHealth } from './pod-health.ts'
import { type ProbeAnswer, provesNoMesh } from './probe-answer.ts'

/** Asks the queue-proxy at `dest` whether it can take requests. Takes a bounded time and never rejects. */
export type Probe = (dest: string, signal: AbortSignal) => Promise<ProbeAnswer>

export interface RevisionBackendsOptions {
  readonly clock: Clock
  readonly probe: Probe
  /** Pause between two rounds of probes. */
  readonly probeFrequencyMs: number
  readonly meshMode: MeshMode
  /** The mesh lets us address pods, so the cluster IP is never needed. */
  readonly podAddressability: boolean
  readonly usePodsBeforeReady: boolean
  /** `ip:port` of the private Service now, if it has one. */
  readonly clusterIP: () => string | undefined
  /** Receives every change of where the revision can be reached. */
  readonly publish: (backends: Backends) => void
}

/** A pod that was pushed but does not turn up in Endpoints within this time is forgotten. */
const pushedPodLifetimeMs = 10_000
/**
 * Changes closer together than this are published together, so that a thousand pods cost a few updates. The
 * first pod never waits.
 */
const publishIntervalMs = 10

/**
 * Finds out where one revision can be reached: probes each pod as soon as it is known until it passes, and
 * falls back to the private Service's cluster IP where a mesh keeps us from the pods. Probes run side by
 * side; a pod is published when its own probe passes, whatever the others do.
 */
export class RevisionBackends {
  readonly #options: RevisionBackendsOptions
  readonly #pods: PodHealth
  readonly #probing = new Map<string, AbortController>()
  readonly #pushTimers = new Map<string, Timer>()
  #podsReachable: boolean
  #clusterIPHealthy = false
  #clusterIPProbe: AbortController | undefined
  #roundStartedMs = 0
  /** Whether the healthy set changed since the last round ended. */
  #changedSinceRound = false
  #roundProvedNoMesh = false
  #nextRound: Timer | undefined
  #published = noBackends
  #publishedMs = 0
  #pendingPublish: Timer | undefined
  #closed = false

  constructor(options: RevisionBackendsOptions) {
    this.#options = options
    this.#pods = new PodHealth(options)
    this.#podsReachable = options.podAddressability || options.meshMode !== 'enabled'
  }

  /** Whether the pod at `dest` is, as far as we know, still there. */
  knows(dest: string): boolean {
    return this.#pods.has(dest)
  }

  /** Takes over the revision's pods as Endpoints lists them. */
  observe(addresses: EndpointAddresses): void {
    if (this.#closed) return
    const changed = this.#pods.observe(addresses)
    for (const dest of this.#pushTimers.keys()) if (!this.#pods.isOnlyPushed(dest)) this.#stopPushTimer(dest)
    for (const [dest, attempt] of this.#probing) if (!this.#pods.has(dest)) this.#stopProbe(dest, attempt)
    if (!this.#pods.hasPods) this.#becomeEmpty()
    else if (this.#clusterIPHealthy) this.#publishNow()
    else {
      if (changed && this.#podsReachable) this.#changed()
      this.#probeUnproven()
    }
  }

  /** The autoscaler says that the pod at `dest` came up: probe it at once. */
  podReady(dest: string): void {
    if (this.#closed || !this.#podsReachable || !this.#pods.push(dest)) return
    if (this.#pods.isOnlyPushed(dest)) {
      this.#stopPushTimer(dest)
      this.#pushTimers.set(
        dest,
        this.#options.clock.after(pushedPodLifetimeMs, () => this.#expirePush(dest)),
      )
    }
    const earlier = this.#probing.get(dest)
    if (earlier) this.#stopProbe(dest, earlier)
    this.#startProbe(dest)
  }

  /**
   * The pod at `dest` went away, says the autoscaler, or can't be reached. It is out at once; if Endpoints
   * still lists it, it is probed again.
   */
  podGone(dest: string): void {
    if (this.#closed || !this.#podsReachable) return
    this.#stopPushTimer(dest)
    const changed = this.#pods.retract(dest)
    if (!this.#pods.hasPods) {
      this.#becomeEmpty()
      return
    }
    if (changed) {
      this.#changedSinceRound = true
      this.#publishNow()
    }
    this.#probeUnproven()
  }

  /** Stops probing and publishing. */
  close(): void {
    this.#closed = true
    this.#stopAll()
  }

  #expirePush(dest: string): void {
    this.#pushTimers.delete(dest)
    if (this.#pods.isOnlyPushed(dest)) this.podGone(dest)
  }

  #becomeEmpty(): void {
    this.#stopAll()
    this.#changedSinceRound = false
    this.#clusterIPHealthy = false
    this.#pods.forgetHealth()
    this.#publishNow()
  }

  /** Probes whatever is not proven, joining the round that runs, if any. */
  #probeUnproven(): void {
    if (this.#clusterIPHealthy) return
    if (!this.#podsReachable) {
      if (!this.#clusterIPProbe) void this.#tryClusterIP()
      return
    }
    for (const dest of this.#pods.unproven()) if (!this.#probing.has(dest)) this.#startProbe(dest)
  }

  #startProbe(dest: string): void {
    if (this.#probing.size === 0) this.#beginRound()
    const attempt = new AbortController()
    this.#probing.set(dest, attempt)
    void this.#options.probe(dest, attempt.signal).then((answer) => {
      if (this.#probing.get(dest) !== attempt) return
      this.#probing.delete(dest)
      if (provesNoMesh(answer)) this.#roundProvedNoMesh = true
      if (this.#pods.probed(dest, answer.kind === 'ready')) this.#changed()
      if (!this.#pods.isOnlyPushed(dest)) this.#stopPushTimer(dest)
      if (this.#probing.size === 0) this.#endRound()
    })
  }

  #beginRound(): void {
    this.#nextRound?.cancel()
    this.#nextRound = undefined
    this.#roundStartedMs = this.#options.clock.monotonic()
    this.#roundProvedNoMesh = false
  }

  #endRound(): void {
    if (!this.#pods.hasPods) {
      this.#becomeEmpty()
      return
    }
    const changed = this.#changedSinceRound
    this.#changedSinceRound = false
    const perhapsMesh =
      this.#options.meshMode === 'auto' &&
      !this.#options.podAddressability &&
      !this.#clusterIPProbe &&
      this.#pods.healthy.size === 0 &&
      !changed &&
      !this.#roundProvedNoMesh
    if (perhapsMesh) void this.#tryClusterIP()
    else this.#scheduleRound()
  }

  #scheduleRound(): void {
    if (this.#closed || this.#nextRound || this.#clusterIPHealthy || !this.#pods.hasPods) return
    if (this.#podsReachable && this.#pods.allHealthy) return
    const { clock, probeFrequencyMs } = this.#options
    const waitMs = Math.max(0, this.#roundStartedMs + probeFrequencyMs - clock.monotonic())
    this.#nextRound = clock.after(waitMs, () => {
      this.#nextRound = undefined
      this.#probeUnproven()
    })
  }

  async #tryClusterIP(): Promise<void> {
    if (!this.#podsReachable) this.#beginRound()
    const dest = this.#options.clusterIP()
    if (dest === undefined) {
      this.#scheduleRound()
      return
    }
    const attempt = new AbortController()
    this.#clusterIPProbe = attempt
    const answer = await this.#options.probe(dest, attempt.signal)
    if (this.#clusterIPProbe !== attempt) return
    this.#clusterIPProbe = undefined
    if (answer.kind === 'ready' && (!this.#podsReachable || this.#pods.healthy.size === 0))
      this.#serveThroughClusterIP()
    else if (this.#probing.size === 0) this.#scheduleRound()
  }

  /** From now on the revision is served through its cluster IP. */
  #serveThroughClusterIP(): void {
    for (const [dest, attempt] of this.#probing) this.#stopProbe(dest, attempt)
    this.#podsReachable = false
    this.#clusterIPHealthy = true
    this.#publishNow()
  }

  #changed(): void {
    this.#changedSinceRound = true
    const { clock } = this.#options
    const sinceMs = clock.monotonic() - this.#publishedMs
    if (this.#published.pods.size === 0 || sinceMs >= publishIntervalMs) this.#publishNow()
    else this.#pendingPublish ??= clock.after(publishIntervalMs - sinceMs, () => this.#publishNow())
  }

  #publishNow(): void {
    this.#pendingPublish?.cancel()
    this.#pendingPublish = undefined
    this.#publishedMs = this.#options.clock.monotonic()
    this.#published = this.#backends()
    this.#options.publish(this.#published)
  }

  #backends(): Backends {
    if (this.#clusterIPHealthy) {
      const clusterIP = this.#options.clusterIP()
      return clusterIP === undefined ? noBackends : { clusterIP, pods: this.#pods.ready }
    }
    if (!this.#podsReachable || this.#pods.healthy.size === 0) return noBackends
    return { clusterIP: undefined, pods: new Set(this.#pods.healthy) }
  }

  #stopProbe(dest: string, attempt: AbortController): void {
    this.#probing.delete(dest)
    attempt.abort()
  }

  #stopPushTimer(dest: string): void {
    this.#pushTimers.get(dest)?.cancel()
    this.#pushTimers.delete(dest)
  }

  #stopAll(): void {
    for (const [dest, attempt] of this.#probing) this.#stopProbe(dest, attempt)
    for (const dest of [...this.#pushTimers.keys()]) this.#stopPushTimer(dest)
    this.#clusterIPProbe?.abort()
    this.#clusterIPProbe = undefined
    this.#nextRound?.cancel()
    this.#nextRound = undefined
    this.#pendingPublish?.cancel()
    this.#pendingPublish = undefined
  }
}
