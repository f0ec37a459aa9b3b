import type { RevisionShare, Rollout } from './rollout.ts'

/**
 * A rollout without the revisions that are gone: nothing may be routed to them, so what they had goes to
 * the newest that is left. Entries of which nothing is left are dropped.
 */
export function withExistingRevisions(rollout: Rollout, exists: (revisionName: string) => boolean): Rollout {
  if (rollout.every(({ revisions }) => revisions.every((share) => exists(share.revisionName)))) return rollout
  return rollout.flatMap((entry) => {
    const left = entry.revisions.filter((share) => exists(share.revisionName))
    const newest = left.pop()
    if (!newest) return []
    const older = left.reduce((sum, share) => sum + share.percent, 0)
    const revisions: RevisionShare[] = [...left, { ...newest, percent: entry.percent - older }]
    return [{ ...entry, revisions, ...(revisions.length === 1 ? { steps: {} } : {}) }]
  })
}
