import {
  autoscalingAnnotations,
  controllerReference,
  deploymentHashLabelKey,
  parseDurationMs,
  progressDeadlineAnnotationKey,
  type Revision,
  revisions,
  revisionUIDLabelKey,
  type V1Deployment,
} from '@knative-ts/apis'
import type { Installation, RevisionConfig } from '../config.ts'
import { fingerprint } from './fingerprint.ts'
import { isManagedKey, makeAnnotations, makeLabels } from './metadata.ts'
import { deploymentName } from './names.ts'
import { makePodSpec } from './pod-spec.ts'
import { servingContainerOf } from './serving-container.ts'

const defaultContainerAnnotationKey = 'kubectl.kubernetes.io/default-container'

/** A Deployment whose spec is there, as ours always is. */
export type DeploymentWithSpec = V1Deployment & { spec: NonNullable<V1Deployment['spec']> }

/**
 * The Deployment of a revision at its initial scale.
 * @throws SidecarProbePortError
 */
export function makeDeployment(
  revision: Revision,
  config: RevisionConfig,
  installation: Installation,
): DeploymentWithSpec {
  const labels = makeLabels(revision)
  const annotations = makeAnnotations(revision)
  const spec: Omit<DeploymentWithSpec['spec'], 'replicas'> = {
    selector: { matchLabels: { [revisionUIDLabelKey]: revision.metadata.uid ?? '' } },
    progressDeadlineSeconds: progressDeadlineSeconds(revision, config),
    revisionHistoryLimit: 0,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } },
    template: {
      metadata: {
        labels,
        annotations: {
          ...annotations,
          [defaultContainerAnnotationKey]: servingContainerOf(revision.spec)?.name ?? '',
        },
      },
      spec: makePodSpec(revision, config, installation),
    },
  }
  // The scale is left out: it belongs to the autoscaler as soon as the Deployment exists.
  const hash = fingerprint({ spec, labels, annotations })
  return {
    metadata: {
      name: deploymentName(revision),
      namespace: revision.metadata.namespace,
      labels: { ...labels, [deploymentHashLabelKey]: hash },
      annotations,
      ownerReferences: [controllerReference(revisions, revision)],
    },
    spec: { ...spec, replicas: initialScale(revision, config) },
  }
}

/** Whether the live Deployment was made from the same inputs as the desired one. */
export function isDeploymentCurrent(live: V1Deployment, desired: V1Deployment): boolean {
  return live.metadata.labels?.[deploymentHashLabelKey] === desired.metadata.labels?.[deploymentHashLabelKey]
}

/** The live Deployment brought up to date; its scale, selector and other people's metadata stay. */
export function mergeDeployment(live: V1Deployment, desired: DeploymentWithSpec): DeploymentWithSpec {
  const template = desired.spec.template
  const liveTemplate = live.spec?.template?.metadata
  return {
    ...structuredClone(live),
    metadata: {
      ...structuredClone(live.metadata),
      labels: mergeMetadata(live.metadata.labels, desired.metadata.labels),
      annotations: mergeMetadata(live.metadata.annotations, desired.metadata.annotations),
    },
    spec: {
      ...desired.spec,
      selector: live.spec?.selector ?? desired.spec.selector,
      replicas: live.spec?.replicas ?? desired.spec.replicas,
      template: {
        ...template,
        metadata: {
          labels: mergeMetadata(liveTemplate?.labels, template.metadata?.labels),
          annotations: mergeMetadata(liveTemplate?.annotations, template.metadata?.annotations),
        },
      },
    },
  }
}

function mergeMetadata(
  live: Record<string, string> | undefined,
  desired: Record<string, string> | undefined,
): Record<string, string> {
  const foreign = Object.entries(live ?? {}).filter(([key]) => !isManagedKey(key))
  return { ...Object.fromEntries(foreign), ...desired }
}

function initialScale(revision: Revision, { autoscaler }: RevisionConfig): number {
  return autoscalingAnnotations(revision.metadata.annotations).initialScale ?? autoscaler.initialScale
}

function progressDeadlineSeconds(revision: Revision, { deployment }: RevisionConfig): number {
  const text = revision.metadata.annotations?.[progressDeadlineAnnotationKey]
  return Math.trunc((durationMs(text) ?? deployment.progressDeadlineMs) / 1000)
}

function durationMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  try {
    return parseDurationMs(text)
  } catch {
    return undefined
  }
}
