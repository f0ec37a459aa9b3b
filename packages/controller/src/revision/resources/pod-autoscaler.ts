import {
  applicationProtocol,
  autoscalingGroup,
  classAnnotationKeys,
  controllerReference,
  isRevisionFailing,
  metricAnnotationKeys,
  type PodAutoscaler,
  type Reachability,
  type Revision,
  type RoutingState,
  revisions,
  routingStateLabelKey,
  type V1Deployment,
} from '@knative-ts/apis'
import { makeLabels, makeScalingAnnotations } from './metadata.ts'
import { deploymentName, podAutoscalerName } from './names.ts'

/** Annotations that admission fills in on a PodAutoscaler; they stay though the revision lacks them. */
const defaultedAnnotations: ReadonlySet<string> = new Set([...classAnnotationKeys, ...metricAnnotationKeys])

/** The PodAutoscaler of a revision, without the class that a new one needs. */
export function makePodAutoscaler(revision: Revision, deployment: V1Deployment): PodAutoscaler {
  const reach = reachability(revision, deployment)
  return {
    metadata: {
      name: podAutoscalerName(revision),
      namespace: revision.metadata.namespace,
      labels: makeLabels(revision),
      annotations: makeScalingAnnotations(revision),
      ownerReferences: [controllerReference(revisions, revision)],
    },
    spec: {
      containerConcurrency: revision.spec.containerConcurrency ?? 0,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: deploymentName(revision) },
      ...(reach === '' ? {} : { reachability: reach }),
      protocolType: applicationProtocol(revision.spec.containers),
    },
  }
}

/** Adds the cluster's autoscaler class to a PodAutoscaler that is about to be created. */
export function withDefaultClass(podAutoscaler: PodAutoscaler, podAutoscalerClass: string): PodAutoscaler {
  const { metadata } = podAutoscaler
  return {
    ...podAutoscaler,
    metadata: {
      ...metadata,
      annotations: { [classAnnotationKeys[0]]: podAutoscalerClass, ...metadata.annotations },
    },
  }
}

/** The live PodAutoscaler with the desired spec and scaling annotations, or undefined if it has them. */
export function updatedPodAutoscaler(live: PodAutoscaler, desired: PodAutoscaler): PodAutoscaler | undefined {
  const annotations = mergeAnnotations(live.metadata.annotations ?? {}, desired.metadata.annotations ?? {})
  if (sameSpec(live.spec, desired.spec) && sameMap(live.metadata.annotations ?? {}, annotations)) {
    return undefined
  }
  return { ...live, metadata: { ...live.metadata, annotations }, spec: desired.spec }
}

/**
 * Whether requests can arrive: a revision that can't get a single pod up is not worth keeping at its minimum
 * scale, whatever routes to it.
 */
function reachability(revision: Revision, deployment: V1Deployment): Reachability {
  const wanted = deployment.spec?.replicas ?? 0
  const ready = deployment.status?.readyReplicas ?? 0
  if (isRevisionFailing(revision.status) && wanted > 0 && ready === 0) return 'Unreachable'
  switch (revision.metadata.labels?.[routingStateLabelKey] as RoutingState | undefined) {
    case 'active':
      return 'Reachable'
    case 'reserve':
      return 'Unreachable'
    default:
      return ''
  }
}

function mergeAnnotations(
  live: Record<string, string>,
  desired: Record<string, string>,
): Record<string, string> {
  const kept = Object.entries(live).filter(
    ([key]) => !key.startsWith(autoscalingGroup) || key in desired || defaultedAnnotations.has(key),
  )
  return { ...Object.fromEntries(kept), ...desired }
}

/** Zero values may be absent on the wire. */
function sameSpec(a: PodAutoscaler['spec'], b: PodAutoscaler['spec']): boolean {
  return (
    (a.containerConcurrency ?? 0) === (b.containerConcurrency ?? 0) &&
    (a.reachability ?? '') === (b.reachability ?? '') &&
    a.protocolType === b.protocolType &&
    a.scaleTargetRef.apiVersion === b.scaleTargetRef.apiVersion &&
    a.scaleTargetRef.kind === b.scaleTargetRef.kind &&
    a.scaleTargetRef.name === b.scaleTargetRef.name
  )
}

function sameMap(a: Record<string, string>, b: Record<string, string>): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key])
}
