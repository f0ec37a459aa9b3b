import {
  type Configuration,
  configurationGenerationLabelKey,
  type Revision,
  revisionConditions,
} from '@knative-ts/apis'

/** The Configuration's generation that a revision was made from, by its label; undefined if unreadable. */
export function generationOf(revision: Revision): number | undefined {
  const text = revision.metadata.labels?.[configurationGenerationLabelKey]
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/**
 * The revision that traffic to the latest shall reach: of those not older than the one it reaches now, the
 * newest that is ready. A revision named by the template comes first whatever its generation, so that
 * naming an older one rolls back to it.
 * @param revisions all revisions of the Configuration, in any order
 * @param latestCreated the revision of the current template
 */
export function latestReadyRevision(
  configuration: Configuration,
  revisions: readonly Revision[],
  latestCreated: Revision,
): Revision | undefined {
  const named = configuration.spec.template.metadata?.name
  const currentName = configuration.status?.latestReadyRevisionName
  const current = revisions.find((revision) => revision.metadata.name === currentName)
  const oldest = current ? (generationOf(current) ?? 0) : 0
  const newest = configuration.metadata.generation ?? 0
  const rollback = named ? generationOf(latestCreated) : undefined

  const isCandidate = (revision: Revision): boolean => {
    if (!current) return true
    const generation = generationOf(revision)
    if (generation === undefined) return false
    return (generation >= oldest && generation <= newest) || generation === rollback
  }
  const rank = (revision: Revision): number =>
    named !== undefined && revision.metadata.name === named
      ? Number.POSITIVE_INFINITY
      : (generationOf(revision) ?? 0)

  let best: Revision | undefined
  for (const revision of revisions) {
    if (!isCandidate(revision) || !revisionConditions.isReady(revision)) continue
    if (!best || rank(revision) > rank(best)) best = revision
  }
  return best
}
