import type { Clock } from '@knative-ts/clock'
import { type Backends, noBackends } from '../backends/backends.ts'
import { assignSlice, clusterIPCapacity } from './assign-pods.ts'
import { FreeSlots } from './free-slots.ts'
import { type AssignedPods, type LbPolicy, lbPolicyFor } from './lb-policy.ts'
import type { PodTracker } from './pod-tracker.ts'
import type { QueueBudget } from './queue-budget.ts'
import { RampPhase } from './ramp-phase.ts'
import { TrackedPods } from './tracked-pods.ts'
import { type Place, type Refusal, type Waiter, WaitQueue } from './wait-queue.ts'

export interface RevisionThrottlerOptions {
  /** Requests a pod takes at a time; 0 means any number. */
  readonly containerConcurrency: number
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly clock: Clock
  /** What all revisions' queues may hold. */
  readonly budget: QueueBudget
}

/**
 * Once somebody has waited this long although there are pods, these can't keep up: of those in line, the ones
 * that came last are the most likely to be still wanted when their answer is there.
 */
const patienceMs = 250

/**
 * Decides which request of one revision goes to which pod and when. The revision's capacity is exactly the
 * free slots of the pods assigned to this activator, so a request is either given a slot at once or waits
 * in line, and whoever waits is served as soon as a slot is freed or a pod appears. While anyone waits, no
 * slot is free. First come, first served, while pods keep up; the newest first, when they don't.
 */
export class RevisionThrottler {
  readonly #containerConcurrency: number
  readonly #policy: LbPolicy
  readonly #clock: Clock
  readonly #queue: WaitQueue
  readonly #tracked = new TrackedPods()
  readonly #ramp: RampPhase
  #backends = noBackends
  #assigned: AssignedPods = { pods: [], free: new FreeSlots(0) }
  /** Since when there has been a pod, monotonic. */
  #openSinceMs = 0
  #activators = 0
  #self = -1
  #active = 0
  #closed = false

  constructor({ containerConcurrency, random, clock, budget }: RevisionThrottlerOptions) {
    this.#containerConcurrency = containerConcurrency
    this.#policy = lbPolicyFor(containerConcurrency, random)
    this.#clock = clock
    this.#queue = new WaitQueue(budget)
    this.#ramp = new RampPhase({
      clock,
      pods: () => this.#assigned.pods,
      idle: () => this.#queue.size === 0,
      changed: () => this.#limitsChanged(),
    })
  }

  /** Requests in line. */
  get waiting(): number {
    return this.#queue.size
  }

  /** Requests sent and not finished. */
  get active(): number {
    return this.#active
  }

  /** Pods (or the one cluster IP) that this activator may send to. */
  get assignedPods(): readonly PodTracker[] {
    return this.#assigned.pods
  }

  /** Reserves a slot, or returns undefined if the request has to `wait`. The caller must `release` the pod. */
  reserve(): PodTracker | undefined {
    return this.#queue.size > 0 ? undefined : this.#pick()
  }

  /**
   * Puts a request in line, or refuses it at once. When too much waits, whoever would be served last is
   * refused: this request, or, when the newest go first, the oldest.
   * @param bytes memory that the request holds
   */
  wait(waiter: Waiter, bytes: number): Place | undefined {
    if (this.#closed) {
      waiter.refused('revision-gone')
      return undefined
    }
    if (!this.#queue.admits(bytes) && !this.#makeRoom(bytes)) {
      waiter.refused('queue-full')
      return undefined
    }
    return this.#queue.join(waiter, bytes, this.#clock.monotonic())
  }

  /** Takes a request whose client gave up out of the line; false if it was served already. */
  leave(place: Place): boolean {
    return this.#queue.leave(place)
  }

  /** Gives a slot back, and on to who waits. */
  release(pod: PodTracker): void {
    pod.inFlight--
    this.#active--
    if (pod.position >= 0) {
      this.#assigned.free.set(pod.position, pod.hasRoom)
      this.#serveWaiting()
    } else this.#tracked.forgetIfUnused(pod)
  }

  /** A pod that is being tried out (`pod.ramp`) began to answer, `tookMs` after the request was sent. */
  answered(pod: PodTracker, tookMs: number): void {
    this.#ramp.answered(pod, tookMs)
  }

  /** A pod that is being tried out failed or turned away a request. */
  overwhelmed(pod: PodTracker): void {
    this.#ramp.overwhelmed(pod)
  }

  /** Takes over a new set of places to send to. */
  updateBackends(backends: Backends): void {
    this.#backends = backends
    this.#tracked.replace(backends.clusterIP ? new Set([backends.clusterIP]) : backends.pods)
    this.#assign()
  }

  /**
   * Takes over this activator's place among those that serve the revision.
   * @param self position in the sorted list of activators, −1 if unknown
   */
  updateActivators(self: number, activators: number): void {
    if (self === this.#self && activators === this.#activators) return
    this.#self = self
    this.#activators = activators
    this.#assign()
  }

  /** Refuses everybody in line. */
  refuseWaiting(refusal: Refusal): void {
    for (let place = this.#queue.oldest; place; place = this.#queue.oldest) {
      this.#queue.leave(place)
      place.waiter.refused(refusal)
    }
  }

  /** The revision is gone: refuses whoever waits, now and later. Requests in flight are left alone. */
  close(): void {
    this.#closed = true
    this.#ramp.end()
    this.refuseWaiting('revision-gone')
  }

  #assign(): void {
    const before = this.#assigned.pods
    for (const pod of before) pod.position = -1
    const limit = this.#limit()
    const pods = limit === 0 ? [] : this.#share()
    const free = new FreeSlots(pods.length)
    for (let position = 0; position < pods.length; position++) {
      const pod = pods[position]!
      pod.position = position
      pod.limit = limit
      free.set(position, pod.hasRoom)
    }
    this.#assigned = { pods, free }
    this.#followRamp(before.length === 0)
    this.#serveWaiting()
  }

  /** Pods that come to none are tried out; a pod that was away for a moment is not new. */
  #followRamp(wereNone: boolean): void {
    if (this.#assigned.pods.length === 0) {
      this.#ramp.end()
      return
    }
    if (wereNone) {
      this.#openSinceMs = this.#clock.monotonic()
      const unlimited = this.#containerConcurrency === 0 && !this.#backends.clusterIP
      if (unlimited && this.#active === 0 && !this.#closed) this.#ramp.begin()
    }
    if (this.#ramp.running) this.#ramp.podsChanged()
  }

  /** Requests that one place takes at a time. */
  #limit(): number {
    if (this.#backends.pods.size === 0) return 0
    if (this.#containerConcurrency === 0) return Number.POSITIVE_INFINITY
    return this.#backends.clusterIP
      ? clusterIPCapacity(this.#containerConcurrency, this.#backends.pods.size, this.#activators)
      : this.#containerConcurrency
  }

  #share(): readonly PodTracker[] {
    const { sorted } = this.#tracked
    if (this.#containerConcurrency === 0 || this.#backends.clusterIP) return sorted
    return assignSlice(sorted, this.#self, this.#activators)
  }

  #pick(): PodTracker | undefined {
    const position = this.#policy(this.#assigned)
    if (position < 0) return undefined
    const pod = this.#assigned.pods[position]!
    pod.inFlight++
    this.#active++
    if (!pod.hasRoom) this.#assigned.free.set(position, false)
    return pod
  }

  #limitsChanged(): void {
    const { pods, free } = this.#assigned
    for (let position = 0; position < pods.length; position++) free.set(position, pods[position]!.hasRoom)
    this.#serveWaiting()
  }

  #serveWaiting(): void {
    while (this.#queue.size > 0) {
      const pod = this.#pick()
      if (!pod) return
      const next = this.#newestFirst() ? this.#queue.newest! : this.#queue.oldest!
      this.#queue.leave(next)
      next.waiter.granted(pod)
    }
  }

  #newestFirst(): boolean {
    const { oldest } = this.#queue
    if (!oldest || this.#assigned.pods.length === 0) return false
    return this.#clock.monotonic() - Math.max(oldest.joinedMs, this.#openSinceMs) > patienceMs
  }

  /** Refuses the oldest until `bytes` fit, if they are the ones who would be served last. */
  #makeRoom(bytes: number): boolean {
    if (!this.#queue.couldAdmit(bytes) || !this.#newestFirst()) return false
    while (!this.#queue.admits(bytes)) {
      const { oldest } = this.#queue
      if (!oldest) return false
      this.#queue.leave(oldest)
      oldest.waiter.refused('queue-full')
    }
    return true
  }
}
