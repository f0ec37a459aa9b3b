import { PodTracker } from './pod-tracker.ts'

/**
 * The places a revision can be reached at, in the order on which all activators agree, and those that are
 * gone but still have requests. A change costs no sorting of what stays.
 */
export class TrackedPods {
  readonly #trackers = new Map<string, PodTracker>()
  #dests: ReadonlySet<string> = new Set()
  #sorted: readonly PodTracker[] = []

  /** By address. */
  get sorted(): readonly PodTracker[] {
    return this.#sorted
  }

  /** Takes over which places there are; a place known before keeps its tracker. */
  replace(dests: ReadonlySet<string>): void {
    const before = this.#dests
    this.#dests = dests
    const kept: PodTracker[] = []
    for (const pod of this.#sorted) {
      if (dests.has(pod.dest)) kept.push(pod)
      else if (pod.inFlight === 0) this.#trackers.delete(pod.dest)
    }
    this.#sorted = kept.length === dests.size ? kept : merge(kept, this.#added(before, dests))
  }

  /** Forgets a place that is gone once its last request has ended. */
  forgetIfUnused(pod: PodTracker): void {
    if (pod.inFlight === 0 && !this.#dests.has(pod.dest)) this.#trackers.delete(pod.dest)
  }

  #added(before: ReadonlySet<string>, dests: ReadonlySet<string>): PodTracker[] {
    const added: PodTracker[] = []
    for (const dest of dests) {
      if (before.has(dest)) continue
      let pod = this.#trackers.get(dest)
      if (!pod) {
        pod = new PodTracker(dest)
        this.#trackers.set(dest, pod)
      }
      added.push(pod)
    }
    return added.sort((a, b) => (a.dest < b.dest ? -1 : 1))
  }
}

function merge(a: readonly PodTracker[], b: readonly PodTracker[]): PodTracker[] {
  const merged: PodTracker[] = []
  let next = 0
  for (const pod of b) {
    while (next < a.length && a[next]!.dest < pod.dest) merged.push(a[next++]!)
    merged.push(pod)
  }
  while (next < a.length) merged.push(a[next++]!)
  return merged
}
