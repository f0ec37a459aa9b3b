import type { FreeSlots } from './free-slots.ts'
import type { PodTracker } from './pod-tracker.ts'

/** The pods assigned to this activator, by position, and which of them have room. */
export interface AssignedPods {
  readonly pods: readonly PodTracker[]
  readonly free: FreeSlots
}

/** Chooses a pod with room for one more request and returns its position, or −1 if all are full. */
export type LbPolicy = (assigned: AssignedPods) => number

/** Largest containerConcurrency for which pods are filled one after another instead of in turn. */
const firstAvailableMaxConcurrency = 3

/**
 * The policy for a revision's concurrency limit: without one, the less busy of two random pods; with a
 * small one, the first pod with room (so few pods stay warm); else each pod in turn.
 * @param random uniform in [0, 1)
 */
export function lbPolicyFor(containerConcurrency: number, random: () => number): LbPolicy {
  if (containerConcurrency === 0) return randomChoice2(random)
  return containerConcurrency <= firstAvailableMaxConcurrency ? firstAvailable : roundRobin()
}

/**
 * Two different random pods, the one with fewer requests in flight; a coin decides a tie. If that one has no
 * room, the next that has.
 */
export function randomChoice2(random: () => number): LbPolicy {
  return ({ pods, free }) => {
    const count = pods.length
    if (count === 0) return -1
    const chosen = count === 1 ? 0 : lessBusy(pods, random)
    return pods[chosen]!.hasRoom ? chosen : nextFree(free, chosen)
  }
}

function lessBusy(pods: readonly PodTracker[], random: () => number): number {
  const first = Math.floor(random() * pods.length)
  let second = Math.floor(random() * (pods.length - 1))
  if (second >= first) second++
  const difference = pods[first]!.inFlight - pods[second]!.inFlight
  if (difference === 0) return random() < 0.5 ? first : second
  return difference < 0 ? first : second
}

/** The first pod in address order that has room. */
export const firstAvailable: LbPolicy = ({ free }) => free.nextFrom(0)

/** The next pod with room after the one chosen last. */
export function roundRobin(): LbPolicy {
  let next = 0
  return ({ free }) => {
    const position = nextFree(free, next)
    if (position >= 0) next = position + 1
    return position
  }
}

/** The first pod with room at or after `from`, going round. */
function nextFree(free: FreeSlots, from: number): number {
  const position = free.nextFrom(from)
  return position < 0 && from > 0 ? free.nextFrom(0) : position
}
