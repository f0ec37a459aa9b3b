/** The replica counts of a Deployment's sets. */
export interface RolloutState {
  /** `spec.replicas` of the Deployment. */
  wanted: number
  newReplicas: number
  newAvailable: number
  /** Old sets, oldest first. */
  old: { name: string; replicas: number; available: number }[]
}

export interface RollingLimits {
  /** Number, or percentage of `wanted` rounded up. */
  maxSurge: number | string
  /** Number, or percentage of `wanted` rounded down. */
  maxUnavailable: number | string
}

/** The replica counts to set now; sets that are not named stay as they are. */
export interface RolloutStep {
  newReplicas: number
  old: Map<string, number>
}

/**
 * One step of a rolling update: grows the new set as far as the surge allows, and shrinks old ones as far as
 * enough pods stay available; pods that are not available go first.
 */
export function rollingStep(state: RolloutState, limits: RollingLimits): RolloutStep {
  const { wanted, old } = state
  const surge = resolve(limits.maxSurge, wanted, Math.ceil)
  let unavailable = resolve(limits.maxUnavailable, wanted, Math.floor)
  if (surge === 0 && unavailable === 0) unavailable = 1

  const oldTotal = old.reduce((sum, set) => sum + set.replicas, 0)
  const room = wanted + surge - oldTotal - state.newReplicas
  const newReplicas =
    state.newReplicas > wanted ? wanted : Math.min(wanted, state.newReplicas + Math.max(0, room))

  const step: RolloutStep = { newReplicas, old: new Map() }
  // A new pod that is not available yet holds its place, so that old ones are not taken for it.
  const mustStay = wanted - unavailable
  let removable = oldTotal + newReplicas - mustStay - Math.max(0, newReplicas - state.newAvailable)
  for (const set of old) {
    const broken = Math.min(Math.max(0, set.replicas - set.available), Math.max(0, removable))
    if (broken > 0) step.old.set(set.name, set.replicas - broken)
    removable -= broken
  }
  for (const set of old) {
    const replicas = step.old.get(set.name) ?? set.replicas
    const shrink = Math.min(replicas, Math.max(0, removable))
    if (shrink > 0) step.old.set(set.name, replicas - shrink)
    removable -= shrink
  }
  return step
}

function resolve(value: number | string, wanted: number, round: (n: number) => number): number {
  if (typeof value === 'number') return value
  return value.endsWith('%') ? round((Number.parseFloat(value) * wanted) / 100) : Number(value)
}
