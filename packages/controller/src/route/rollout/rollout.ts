import type { RevisionTarget } from '../traffic/resolve-traffic.ts'

/** One revision's part of a Configuration's share, percent. */
export interface RevisionShare {
  readonly revisionName: string
  readonly percent: number
}

/** Pace of a running rollout; empty when none runs. Times are nanoseconds, as they travel. */
export interface StepParameters {
  readonly startTimeNs?: number
  readonly nextStepTimeNs?: number
  readonly stepDurationNs?: number
  /** Percent moved by each step. */
  readonly stepSize?: number
}

/** How traffic that follows a Configuration's latest revision is spread over its revisions. */
export interface ConfigurationRollout {
  readonly configurationName: string
  readonly tag: string
  /** The share of the group that follows this Configuration; the revisions' percents add up to it. */
  readonly percent: number
  /** Oldest first. More than one means that a rollout is running. */
  readonly revisions: readonly RevisionShare[]
  readonly steps: StepParameters
}

/** All of a Route's, sorted by tag and Configuration. */
export type Rollout = readonly ConfigurationRollout[]

/** Whether traffic is still moving. */
export function rolloutInProgress(rollout: Rollout): boolean {
  return rollout.some(({ revisions }) => revisions.length > 1)
}

/** The entry of a group's Configuration. */
export function rolloutOf(
  rollout: Rollout,
  tag: string,
  configurationName: string,
): ConfigurationRollout | undefined {
  return rollout.find((entry) => entry.tag === tag && entry.configurationName === configurationName)
}

/** Where a rollout ends: each Configuration's newest revision has all of its share. */
export function goalRollout(groups: ReadonlyMap<string, readonly RevisionTarget[]>): Rollout {
  const goal: ConfigurationRollout[] = []
  for (const [tag, targets] of groups) {
    for (const { latestRevision, percent, configurationName, revisionName } of targets) {
      if (!latestRevision || percent === 0) continue
      goal.push({
        configurationName,
        tag,
        percent,
        revisions: [{ revisionName, percent }],
        steps: {},
      })
    }
  }
  return goal.sort(
    (a, b) => compareText(a.tag, b.tag) || compareText(a.configurationName, b.configurationName),
  )
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
