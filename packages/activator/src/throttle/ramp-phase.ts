import type { Clock, Timer } from '@knative-ts/clock'
import { PodRamp } from './pod-ramp.ts'
import type { PodTracker } from './pod-tracker.ts'

export interface RampPhaseOptions {
  readonly clock: Clock
  /** Pods in use now. */
  readonly pods: () => readonly PodTracker[]
  /** Whether nobody waits. */
  readonly idle: () => boolean
  /** Called when limits of pods were changed. */
  readonly changed: () => void
}

/** With nobody waiting the phase ends after this long. */
const shortestMs = 10_000
/** It ends after this long in any case. */
const longestMs = 60_000

/**
 * The time after a revision without a concurrency limit came from zero, in which each of its pods is given
 * requests as a `PodRamp` allows. Over as soon as one of them has shown that it needs no limit.
 */
export class RampPhase {
  readonly #options: RampPhaseOptions
  #seconds: Timer | undefined
  #beganMs = 0

  constructor(options: RampPhaseOptions) {
    this.#options = options
  }

  /** Whether pods are being tried out. */
  get running(): boolean {
    return this.#seconds !== undefined
  }

  /** Begins, anew if it is running; `podsChanged` then says with which pods. */
  begin(): void {
    this.end()
    const { clock } = this.#options
    this.#beganMs = clock.monotonic()
    this.#seconds = clock.every(1000, () => this.#secondPassed())
  }

  /** Pods came or went: new ones get a ramp of their own. */
  podsChanged(): void {
    for (const pod of this.#options.pods()) {
      pod.ramp ??= new PodRamp()
      pod.limit = pod.ramp.limit
    }
    this.#options.changed()
  }

  /** The pod began to answer a request `tookMs` after it was sent. */
  answered(pod: PodTracker, tookMs: number): void {
    if (!this.running || !pod.ramp) return
    pod.ramp.answered(tookMs)
    if (pod.ramp.done) this.#finish()
    else this.#apply(pod, pod.ramp)
  }

  /** The pod failed or turned away a request. */
  overwhelmed(pod: PodTracker): void {
    if (!this.running || !pod.ramp) return
    pod.ramp.overwhelmed()
    this.#apply(pod, pod.ramp)
  }

  /** Stops trying pods out; their limits are left as they are. */
  end(): void {
    this.#seconds?.cancel()
    this.#seconds = undefined
    for (const pod of this.#options.pods()) pod.ramp = undefined
  }

  #apply(pod: PodTracker, ramp: PodRamp): void {
    if (pod.limit === ramp.limit) return
    pod.limit = ramp.limit
    this.#options.changed()
  }

  #secondPassed(): void {
    const { clock, idle, pods } = this.#options
    const ageMs = clock.monotonic() - this.#beganMs
    if (ageMs >= longestMs || (ageMs >= shortestMs && idle())) {
      this.#finish()
      return
    }
    for (const { ramp } of pods()) ramp?.secondPassed()
    this.podsChanged()
  }

  #finish(): void {
    this.end()
    for (const pod of this.#options.pods()) pod.limit = Number.POSITIVE_INFINITY
    this.#options.changed()
  }
}
