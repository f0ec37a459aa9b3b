import {
  autoscalingGroup,
  type Revision,
  revisionLabelKey,
  revisionLastPinnedAnnotationKey,
  revisionPreservedAnnotationKey,
  revisionUIDLabelKey,
  routeLabelKey,
  routesAnnotationKey,
  routingStateLabelKey,
  routingStateModifiedAnnotationKey,
} from '@knative-ts/apis'

/** Labels that say how a revision is routed to; a pod must not roll when that changes. */
const routingLabels: ReadonlySet<string> = new Set([routeLabelKey, routingStateLabelKey])

/** Annotations that concern the life of the Revision object alone. */
const bookkeepingAnnotations: ReadonlySet<string> = new Set([
  revisionLastPinnedAnnotationKey,
  revisionPreservedAnnotationKey,
  routingStateModifiedAnnotationKey,
  routesAnnotationKey,
])

const appLabelKey = 'app'

/** Labels of everything that belongs to a revision. */
export function makeLabels(revision: Revision): Record<string, string> {
  const { name = '', uid = '', labels = {} } = revision.metadata
  return {
    [appLabelKey]: name,
    ...without(labels, (key) => routingLabels.has(key)),
    [revisionLabelKey]: name,
    [revisionUIDLabelKey]: uid,
  }
}

/** Annotations of the PodAutoscaler: the revision's, with those that steer scaling. */
export function makeScalingAnnotations(revision: Revision): Record<string, string> {
  return without(revision.metadata.annotations, (key) => bookkeepingAnnotations.has(key))
}

/** Annotations of Deployment, pods and images: changing how a revision scales must not roll its pods. */
export function makeAnnotations(revision: Revision): Record<string, string> {
  return without(makeScalingAnnotations(revision), (key) => key.startsWith(autoscalingGroup))
}

/** Whether Knative decides over a label or annotation of a Deployment; other keys are left to others. */
export function isManagedKey(key: string): boolean {
  return key === appLabelKey || key.includes('knative.dev/')
}

function without(
  map: Record<string, string> | undefined,
  excluded: (key: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => !excluded(key)))
}
