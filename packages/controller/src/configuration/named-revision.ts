import {
  type Configuration,
  configurationGenerationLabelKey,
  isControlledBy,
  type Revision,
} from '@knative-ts/apis'
import { sameValue } from '@knative-ts/reconciler'

/** What a Configuration finds under the revision name that its template gives. */
export type NamedRevision =
  | { kind: 'unnamed' }
  | { kind: 'absent'; name: string }
  | { kind: 'usable'; revision: Revision }
  /** Somebody else's, or made from another template. */
  | { kind: 'taken'; name: string }

/** Looks up the revision that the template names, if it names one. */
export function namedRevision(
  configuration: Configuration,
  get: (namespace: string, name: string) => Revision | undefined,
): NamedRevision {
  const { template } = configuration.spec
  const name = template.metadata?.name
  if (!name) return { kind: 'unnamed' }
  const revision = get(configuration.metadata.namespace ?? '', name)
  if (!revision) return { kind: 'absent', name }
  if (!isControlledBy(revision, configuration)) return { kind: 'taken', name }
  // Labels and annotations of a revision may have been edited since; only its spec can't change.
  const sameGeneration =
    revision.metadata.labels?.[configurationGenerationLabelKey] === String(configuration.metadata.generation)
  return sameGeneration || sameValue(revision.spec, template.spec)
    ? { kind: 'usable', revision }
    : { kind: 'taken', name }
}
