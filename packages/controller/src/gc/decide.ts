import {
  type Configuration,
  type Revision,
  type RoutingState,
  revisionPreservedAnnotationKey,
  routingStateLabelKey,
  routingStateModifiedAnnotationKey,
} from '@knative-ts/apis'
import type { GCConfig } from '@knative-ts/config'
import { parseRfc3339 } from '../rfc3339.ts'

/** What can go of a Configuration's Revisions. */
export interface Garbage {
  /** To be deleted now, in this order. */
  readonly revisions: readonly Revision[]
  /** Milliseconds until time alone makes another one garbage; undefined if it does not. */
  readonly nextInMs: number | undefined
}

const none: Garbage = { revisions: [], nextInMs: undefined }
const reserve: RoutingState = 'reserve'

/**
 * Which Revisions nobody needs: of those out of use all that are stale, but for the smaller number of
 * `config-gc`, and of the rest the longest unused, down to the larger number.
 * @param revisions all of the Configuration, in any order
 * @param nowMs wall-clock time, milliseconds
 */
export function garbageOf(
  configuration: Configuration,
  revisions: readonly Revision[],
  policy: GCConfig,
  nowMs: number,
): Garbage {
  const { minNonActiveRevisions: min, maxNonActiveRevisions: max } = policy
  if (max === undefined && !hasAges(policy)) return none
  const unused = revisions.filter((revision) => isUnused(configuration, revision))
  if (unused.length <= min) return none
  unused.sort(byLastUse)

  const stale: Revision[] = []
  const rest: Revision[] = []
  for (const revision of unused) {
    const isSpare = stale.length < unused.length - min
    if (isSpare && staleAtMs(revision, policy) <= nowMs) stale.push(revision)
    else rest.push(revision)
  }
  const surplus = max === undefined ? [] : rest.splice(0, Math.max(0, rest.length - max))

  const nextMs = rest.length > min ? earliest(rest.map((revision) => staleAtMs(revision, policy))) : undefined
  return {
    revisions: [...stale, ...surplus],
    nextInMs: nextMs === undefined ? undefined : nextMs - nowMs,
  }
}

function hasAges(policy: GCConfig): boolean {
  return policy.retainSinceCreateTimeMs !== undefined || policy.retainSinceLastActiveTimeMs !== undefined
}

/** Only what the labeler put into reserve is out of use; without a routing state, a Route may come yet. */
function isUnused({ status }: Configuration, { metadata }: Revision): boolean {
  if (metadata.deletionTimestamp || metadata.labels?.[routingStateLabelKey] !== reserve) return false
  if (metadata.annotations?.[revisionPreservedAnnotationKey]?.toLowerCase() === 'true') return false
  // The Configuration would make the latest created one again.
  return (
    metadata.name !== status?.latestReadyRevisionName && metadata.name !== status?.latestCreatedRevisionName
  )
}

/** When both ages are reached; an age that is disabled does not count. Infinity if that is never. */
function staleAtMs(revision: Revision, policy: GCConfig): number {
  if (!hasAges(policy)) return Number.POSITIVE_INFINITY
  const { retainSinceCreateTimeMs: sinceCreation, retainSinceLastActiveTimeMs: sinceUse } = policy
  return Math.max(
    sinceCreation === undefined ? Number.NEGATIVE_INFINITY : createdMs(revision) + sinceCreation,
    sinceUse === undefined ? Number.NEGATIVE_INFINITY : lastUsedMs(revision) + sinceUse,
  )
}

/** The longest unused one first. Times are whole seconds, so that age and name settle what they don't. */
function byLastUse(a: Revision, b: Revision): number {
  return (
    lastUsedMs(a) - lastUsedMs(b) ||
    createdMs(a) - createdMs(b) ||
    ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1)
  )
}

function lastUsedMs(revision: Revision): number {
  return (
    parseRfc3339(revision.metadata.annotations?.[routingStateModifiedAnnotationKey]) ?? createdMs(revision)
  )
}

function createdMs({ metadata }: Revision): number {
  return parseRfc3339(metadata.creationTimestamp) ?? Number.POSITIVE_INFINITY
}

function earliest(times: readonly number[]): number | undefined {
  const first = times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  return Number.isFinite(first) ? first : undefined
}
