import {
  type ConfigurationRollout,
  type RevisionShare,
  type Rollout,
  rolloutOf,
  type StepParameters,
} from './rollout.ts'

export interface RolloutCircumstances {
  /** Time that moving all traffic shall take; 0 or less moves it at once. */
  readonly durationSeconds: number
  readonly nowNs: number
  /** The gateway serves the state in `previous`, and the Route has not taken note of it yet. */
  readonly ingressBecameReady: boolean
}

export interface RolloutPlan {
  readonly rollout: Rollout
  /** When to look again, on the clock of `nowNs`; undefined when no step is due by itself. */
  readonly nextStepTimeNs: number | undefined
}

const nsPerSecond = 1e9

/**
 * Moves a Route's rollouts on from what the Ingress carries.
 * @param goal where they end
 * @param previous what the Ingress says; undefined if it says nothing that can be used
 */
export function planRollout(
  goal: Rollout,
  previous: Rollout | undefined,
  circumstances: RolloutCircumstances,
): RolloutPlan {
  const { durationSeconds, nowNs, ingressBecameReady } = circumstances
  if (durationSeconds <= 0 || !previous) return { rollout: goal, nextStepTimeNs: undefined }
  const rollout = goal.map((entry) => {
    const before = rolloutOf(previous, entry.tag, entry.configurationName)
    if (!before) return entry
    return advance(entry, ingressBecameReady ? withPace(before, durationSeconds, nowNs) : before, nowNs)
  })
  const due = rollout.flatMap(({ revisions, steps }) =>
    revisions.length > 1 && steps.nextStepTimeNs !== undefined ? [steps.nextStepTimeNs] : [],
  )
  return { rollout, nextStepTimeNs: due.length > 0 ? Math.min(...due) : undefined }
}

/**
 * Decides size and interval of the steps, once, when the first percent is being served: the time that took
 * is the least that any step takes, and what remains of the duration is divided into that many steps.
 */
function withPace(entry: ConfigurationRollout, durationSeconds: number, nowNs: number): ConfigurationRollout {
  const { startTimeNs = 0, stepDurationNs = 0 } = entry.steps
  if (startTimeNs <= 0 || stepDurationNs !== 0) return entry
  const remainingPercent = entry.percent - 1
  if (remainingPercent < 1) return entry
  const leastStepSeconds = Math.max(1, Math.ceil((nowNs - startTimeNs) / nsPerSecond))
  const remainingSeconds = Math.max(1, durationSeconds - leastStepSeconds)
  const stepCount = Math.min(Math.max(1, remainingSeconds / leastStepSeconds), remainingPercent)
  const chosenDurationNs = Math.floor((remainingSeconds / stepCount) * nsPerSecond)
  return {
    ...entry,
    steps: {
      startTimeNs,
      stepSize: Math.round(remainingPercent / stepCount),
      stepDurationNs: chosenDurationNs,
      nextStepTimeNs: nowNs + chosenDurationNs,
    },
  }
}

function advance(
  goal: ConfigurationRollout,
  previous: ConfigurationRollout,
  nowNs: number,
): ConfigurationRollout {
  const newest = goal.revisions[0]?.revisionName
  // One percent can't be shared.
  if (goal.percent === 1 || newest === undefined) return goal
  const current = withShare(previous, goal.percent)
  if (current.revisions.at(-1)?.revisionName !== newest) return started(goal, newest, current, nowNs)
  if (current.revisions.length === 1) return goal
  const { stepSize = 0, nextStepTimeNs = 0 } = current.steps
  return stepSize > 0 && nowNs >= nextStepTimeNs ? stepped(goal, current, nowNs) : current
}

/** Gives the newest what the Configuration gained, or takes what it lost from the oldest first. */
function withShare(entry: ConfigurationRollout, percent: number): ConfigurationRollout {
  if (entry.percent === percent) return entry
  const steps: StepParameters =
    (entry.steps.stepSize ?? 0) > percent ? { ...entry.steps, stepSize: percent } : entry.steps
  if (percent > entry.percent) {
    const gain = percent - entry.percent
    const revisions = entry.revisions.map((share, i) =>
      i === entry.revisions.length - 1 ? { ...share, percent: share.percent + gain } : share,
    )
    return { ...entry, percent, revisions, steps }
  }
  const revisions = drained(entry.revisions, entry.percent - percent)
  return { ...entry, percent, revisions, steps }
}

/** Takes `percent` from the shares in the order given; emptied ones are dropped. */
function drained(shares: readonly RevisionShare[], percent: number): RevisionShare[] {
  let open = percent
  const rest: RevisionShare[] = []
  for (const share of shares) {
    const taken = Math.min(open, share.percent)
    open -= taken
    if (share.percent > taken) rest.push({ ...share, percent: share.percent - taken })
  }
  return rest
}

/** The same, last share first. */
function drainedFromNewest(shares: readonly RevisionShare[], percent: number): RevisionShare[] {
  return drained([...shares].reverse(), percent).reverse()
}

/** A rollout to a revision that has no traffic yet: one percent shows whether the gateway can reach it. */
function started(
  goal: ConfigurationRollout,
  newest: string,
  current: ConfigurationRollout,
  nowNs: number,
): ConfigurationRollout {
  // Going back to a revision that a running rollout was leaving: it keeps what it still has.
  const kept = current.revisions.find((share) => share.revisionName === newest)?.percent ?? 0
  const others = drainedFromNewest(
    current.revisions.filter((share) => share.revisionName !== newest),
    1,
  )
  if (others.length === 0) return goal
  return {
    ...current,
    revisions: [...others, { revisionName: newest, percent: kept + 1 }],
    steps: { startTimeNs: nowNs },
  }
}

function stepped(
  goal: ConfigurationRollout,
  current: ConfigurationRollout,
  nowNs: number,
): ConfigurationRollout {
  const { stepSize = 0, stepDurationNs = 0 } = current.steps
  const newest = current.revisions.at(-1)
  if (!newest) return goal
  const others = drainedFromNewest(current.revisions.slice(0, -1), stepSize)
  if (others.length === 0) return goal
  const left = others.reduce((sum, share) => sum + share.percent, 0)
  return {
    ...current,
    revisions: [...others, { ...newest, percent: current.percent - left }],
    steps: { ...current.steps, nextStepTimeNs: nowNs + stepDurationNs },
  }
}
