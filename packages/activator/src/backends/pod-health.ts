import { type EndpointAddresses, noAddresses } from './endpoint-addresses.ts'

/** `auto` finds out whether pods can be reached directly; the others are told by the operator. */
export type MeshMode = 'auto' | 'enabled' | 'disabled'

export interface PodHealthOptions {
  readonly meshMode: MeshMode
  /** A pod that passes its probe is used even before Kubernetes calls it ready. */
  readonly usePodsBeforeReady: boolean
}

/**
 * Which pods of one revision exist and which of them can take requests. Pods come from Endpoints, which is
 * the truth, or earlier from the autoscaler's push; either way a pod is healthy only once it passed a probe
 * (or, outside mesh mode `auto`, once Kubernetes calls it ready).
 */
export class PodHealth {
  readonly #options: PodHealthOptions
  readonly #healthy = new Set<string>()
  readonly #pushed = new Set<string>()
  #addresses = noAddresses

  constructor(options: PodHealthOptions) {
    this.#options = options
  }

  get healthy(): ReadonlySet<string> {
    return this.#healthy
  }

  /** Pods that Kubernetes calls ready. */
  get ready(): ReadonlySet<string> {
    return this.#addresses.ready
  }

  get hasPods(): boolean {
    return this.#addresses.ready.size + this.#addresses.notReady.size + this.#pushed.size > 0
  }

  get allHealthy(): boolean {
    return (
      this.#healthy.size === this.#addresses.ready.size + this.#addresses.notReady.size + this.#pushed.size
    )
  }

  /** Whether the pod is one of the revision's. */
  has(dest: string): boolean {
    return this.#addresses.ready.has(dest) || this.#addresses.notReady.has(dest) || this.#pushed.has(dest)
  }

  /** Pods whose health is not known to be good. */
  unproven(): string[] {
    const dests: string[] = []
    if (this.allHealthy) return dests
    for (const pods of [this.#addresses.ready, this.#addresses.notReady, this.#pushed]) {
      for (const dest of pods) if (!this.#healthy.has(dest)) dests.push(dest)
    }
    return dests
  }

  /** Takes over new Endpoints; returns whether the healthy set changed. */
  observe(addresses: EndpointAddresses): boolean {
    const before = this.#addresses
    this.#addresses = addresses
    let changed = false
    for (const dest of this.#pushed) {
      if (addresses.ready.has(dest) || addresses.notReady.has(dest)) this.#pushed.delete(dest)
    }
    for (const dest of this.#healthy) {
      if (addresses.ready.has(dest)) continue
      const becameNotReady = addresses.notReady.has(dest) && before.ready.has(dest)
      if (becameNotReady || !this.has(dest)) {
        this.#healthy.delete(dest)
        changed = true
      }
    }
    if (this.#options.meshMode !== 'auto') {
      const known = this.#healthy.size
      for (const dest of addresses.ready) this.#healthy.add(dest)
      if (this.#healthy.size > known) changed = true
    }
    return changed
  }

  /**
   * The autoscaler says that a pod came up. Returns whether it should be probed now: not if it is known to
   * be healthy, nor if a probe couldn't make it usable.
   */
  push(dest: string): boolean {
    if (this.#healthy.has(dest)) return false
    if (this.#addresses.ready.has(dest) || this.#addresses.notReady.has(dest)) return true
    if (!this.#options.usePodsBeforeReady) return false
    this.#pushed.add(dest)
    return true
  }

  /** Whether Endpoints has not confirmed the pod yet. */
  isOnlyPushed(dest: string): boolean {
    return this.#pushed.has(dest)
  }

  /** Forgets a pod known only by a push, and the good health of any other. Returns whether it was healthy. */
  retract(dest: string): boolean {
    this.#pushed.delete(dest)
    return this.#healthy.delete(dest)
  }

  /** Takes over a probe's result; returns whether the healthy set changed. */
  probed(dest: string, passed: boolean): boolean {
    if (!this.has(dest) || this.#healthy.has(dest)) return false
    if (passed && (this.#addresses.ready.has(dest) || this.#options.usePodsBeforeReady)) {
      this.#healthy.add(dest)
      return true
    }
    if (!passed) this.#pushed.delete(dest)
    return false
  }

  /** Forgets which pods are healthy. */
  forgetHealth(): void {
    this.#healthy.clear()
  }
}
