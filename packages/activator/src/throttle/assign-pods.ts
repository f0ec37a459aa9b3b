/** A slice `[begin, end)` of the sorted pods, and how many pods are left over after all slices. */
export interface PickedIndices {
  readonly begin: number
  readonly end: number
  readonly remnants: number
}

/**
 * The slice of `pods` sorted pods that belongs to activator `self` of `activators`. With fewer pods than
 * activators each gets one pod, which several may share; otherwise slices are disjoint and the pods left
 * over sit at the end of the list, one for each of the first `remnants` activators.
 */
export function pickIndices(pods: number, self: number, activators: number): PickedIndices {
  if (activators > pods) {
    const begin = self % pods
    return { begin, end: begin + 1, remnants: 0 }
  }
  const size = Math.floor(pods / activators)
  return { begin: self * size, end: (self + 1) * size, remnants: pods % activators }
}

/**
 * The pods that activator `self` of `activators` sends to, so that replicas don't overrun a pod's
 * concurrency limit together. All of them while the position is unknown (`self` −1) or nothing is to be
 * shared.
 * @param sorted pods in the order on which all activators agree
 */
export function assignSlice<T>(sorted: readonly T[], self: number, activators: number): readonly T[] {
  if (self < 0 || sorted.length <= 1 || activators <= 1) return sorted
  const { begin, end, remnants } = pickIndices(sorted.length, self, activators)
  const slice = sorted.slice(begin, end)
  if (self < remnants) slice.push(sorted[sorted.length - remnants + self]!)
  return slice
}

/** Largest number of slots a revision can have. */
export const maxSlots = 2_147_483_647

/**
 * Concurrent requests that one of `activators` may send to a revision through its cluster IP, where pods
 * can't be told apart: its fair share, but at least one while there is anything to share.
 * @param readyPods pods that Kubernetes reports ready
 */
export function clusterIPCapacity(
  containerConcurrency: number,
  readyPods: number,
  activators: number,
): number {
  const total = containerConcurrency * readyPods
  if (total === 0) return 0
  return Math.min(maxSlots, Math.max(1, Math.floor(total / Math.max(1, activators))))
}
