import type { Revision } from '@knative-ts/apis'
import { formatRfc3339 } from '../../rfc3339.ts'
import { testConfiguration, testRevision } from '../../testing/serving-objects.ts'

/** A Revision of Configuration `foo` in reserve; without `usedMs` it does not say when a Route used it last. */
export function agedRevision(
  name: string,
  { createdMs, usedMs }: { createdMs: number; usedMs?: number | undefined },
  change: (revision: Revision) => void = () => {},
): Revision {
  return testRevision(name, testConfiguration('foo'), 'True', (revision) => {
    const { metadata } = revision
    metadata.creationTimestamp = formatRfc3339(createdMs)
    metadata.labels = { ...metadata.labels, 'serving.knative.dev/routingState': 'reserve' }
    if (usedMs !== undefined) {
      metadata.annotations = { 'serving.knative.dev/routingStateModified': formatRfc3339(usedMs) }
    }
    change(revision)
  })
}
