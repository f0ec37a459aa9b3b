import { type Backends, noBackends } from '../backends/backends.ts'
import { assignSlice, clusterIPCapacity } from './assign-pods.ts'
import { FreeSlots } from './free-slots.ts'
import { type AssignedPods, type LbPolicy, lbPolicyFor } from './lb-policy.ts'
import { PodTracker } from './pod-tracker.ts'
import { type Place, type Waiter, WaitQueue } from './wait-queue.ts'

export interface RevisionThrottlerOptions {
  /** Requests a pod takes at a time; 0 means any number. */
  readonly containerConcurrency: number
  /** Uniform in [0, 1). */
  readonly random: () => number
}

/**
 * Decides which request of one revision goes to which pod and when. The revision's capacity is exactly the
 * free slots of the pods assigned to this activator, so a request is either given a slot at once or waits
 * in line, and whoever waits is served as soon as a slot is freed or a pod appears. While anyone waits, no
 * slot is free.
 */
export class RevisionThrottler {
  readonly #containerConcurrency: number
  readonly #policy: LbPolicy
  readonly #queue = new WaitQueue()
  readonly #trackers = new Map<string, PodTracker>()
  #backends = noBackends
  #sorted: readonly PodTracker[] = []
  #assigned: AssignedPods = { pods: [], free: new FreeSlots(0) }
  #activators = 0
  #self = -1
  #active = 0
  #closed = false

  constructor(options: RevisionThrottlerOptions) {
    this.#containerConcurrency = options.containerConcurrency
    this.#policy = lbPolicyFor(options.containerConcurrency, options.random)
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

  /** Puts a request in line; it is refused at once if the revision is gone. */
  wait(waiter: Waiter): Place | undefined {
    if (this.#closed) {
      waiter.refused()
      return undefined
    }
    return this.#queue.join(waiter)
  }

  /** Takes a request whose client gave up out of the line; false if it was served already. */
  leave(place: Place): boolean {
    return this.#queue.leave(place)
  }

  /** Gives a slot back, and on to whoever waits longest. */
  release(pod: PodTracker): void {
    pod.inFlight--
    this.#active--
    if (pod.position >= 0) {
      this.#assigned.free.set(pod.position, pod.hasRoom)
      this.#serveWaiting()
    } else if (pod.inFlight === 0 && !this.#isBackend(pod.dest)) {
      this.#trackers.delete(pod.dest)
    }
  }

  /** Takes over a new set of places to send to. */
  updateBackends(backends: Backends): void {
    this.#backends = backends
    this.#sorted = backends.clusterIP
      ? this.#track([backends.clusterIP])
      : this.#track([...backends.pods].sort())
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

  /** The revision is gone: refuses whoever waits, now and later. Requests in flight are left alone. */
  close(): void {
    this.#closed = true
    for (let waiter = this.#queue.shift(); waiter; waiter = this.#queue.shift()) waiter.refused()
  }

  #isBackend(dest: string): boolean {
    return this.#backends.clusterIP ? dest === this.#backends.clusterIP : this.#backends.pods.has(dest)
  }

  #track(dests: readonly string[]): PodTracker[] {
    for (const [dest, tracker] of this.#trackers) {
      tracker.position = -1
      if (tracker.inFlight === 0 && !this.#isBackend(dest)) this.#trackers.delete(dest)
    }
    return dests.map((dest) => {
      let tracker = this.#trackers.get(dest)
      if (!tracker) {
        tracker = new PodTracker(dest)
        this.#trackers.set(dest, tracker)
      }
      return tracker
    })
  }

  #assign(): void {
    for (const pod of this.#assigned.pods) pod.position = -1
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
    this.#serveWaiting()
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
    if (this.#containerConcurrency === 0 || this.#backends.clusterIP) return this.#sorted
    return assignSlice(this.#sorted, this.#self, this.#activators)
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

  #serveWaiting(): void {
    while (this.#queue.size > 0) {
      const pod = this.#pick()
      if (!pod) return
      this.#queue.shift()!.granted(pod)
    }
  }
}
