import type { KubeObject } from '@knative-ts/apis'
import { sameValue } from '@knative-ts/reconciler'

type WithSpec = KubeObject & { spec: unknown }

/** Whether an object already has the spec, labels and annotations of the desired one, and no others. */
export function sameContent(existing: WithSpec, desired: WithSpec): boolean {
  return (
    sameValue(existing.spec, desired.spec) &&
    sameValue(existing.metadata.labels ?? {}, desired.metadata.labels ?? {}) &&
    sameValue(existing.metadata.annotations ?? {}, desired.metadata.annotations ?? {})
  )
}

/** A copy of `existing` with the spec, labels and annotations of the desired one. */
export function withContent<T extends WithSpec>(existing: T, desired: T): T {
  return {
    ...existing,
    metadata: {
      ...existing.metadata,
      labels: desired.metadata.labels ?? {},
      annotations: desired.metadata.annotations ?? {},
    },
    spec: desired.spec,
  }
}
