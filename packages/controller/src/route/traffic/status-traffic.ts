import type { TrafficTarget } from '@knative-ts/apis'
import { type RevisionShare, type Rollout, rolloutOf } from '../rollout/rollout.ts'
import { defaultGroup, type RevisionTarget } from './resolve-traffic.ts'

/**
 * What `status.traffic` says: the targets in the order of the spec, and while a rollout runs one entry per
 * revision that a target's traffic reaches.
 * @param urlOf URL of a tag
 */
export function statusTraffic(
  targets: readonly RevisionTarget[],
  rollout: Rollout,
  urlOf: (tag: string) => string,
): TrafficTarget[] {
  return targets.flatMap((target) =>
    sharesOf(target, rollout).map(({ revisionName, percent }): TrafficTarget => {
      const { tag, latestRevision } = target
      return {
        ...(tag === '' ? {} : { tag }),
        revisionName,
        latestRevision,
        percent,
        ...(tag === '' ? {} : { url: urlOf(tag) }),
      }
    }),
  )
}

function sharesOf(target: RevisionTarget, rollout: Rollout): readonly RevisionShare[] {
  const { tag, configurationName, revisionName, percent, latestRevision } = target
  const group = percent > 0 ? defaultGroup : tag
  const running = latestRevision ? rolloutOf(rollout, group, configurationName) : undefined
  if (!running || running.revisions.length < 2) return [{ revisionName, percent }]
  return proportional(running.revisions, percent)
}

/** Divides `percent` in the proportions of the shares; the newest takes what rounding leaves. */
function proportional(shares: readonly RevisionShare[], percent: number): RevisionShare[] {
  const whole = shares.reduce((sum, share) => sum + share.percent, 0)
  let open = percent
  return shares.map((share, i) => {
    const part =
      i === shares.length - 1 ? open : Math.min(open, Math.round((share.percent * percent) / whole))
    open -= part
    return { revisionName: share.revisionName, percent: part }
  })
}
