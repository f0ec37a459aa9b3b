import type {
  Certificate,
  ContainerImageStatus,
  Image,
  NamespacedName,
  PodAutoscaler,
  Revision,
  V1Deployment,
} from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { DeploymentConfig } from '@knative-ts/config'
import type { EventRecorder, KubeClient, Lister } from '@knative-ts/kube'
import type { Tracker } from '@knative-ts/reconciler'
import type { Installation, RevisionConfig } from './config.ts'

/** The digests of a revision's images, in the order of its spec. */
export interface ResolvedImages {
  readonly containers: ContainerImageStatus[]
  readonly initContainers: ContainerImageStatus[]
}

/** Turns image tags into digests, so that all pods of a revision run the same image for ever. */
export interface DigestResolver {
  /**
   * The digests, or undefined while they are being found out in the background, which wakes the revision when
   * it ends.
   * @throws ImageUnresolvedError once for each failed attempt; the next call starts another
   */
  resolve(revision: Revision, deployment: DeploymentConfig): ResolvedImages | undefined
  /** The revision has its digests or is gone. */
  forget(revision: NamespacedName): void
}

/** What the Revision reconciler needs of the world. */
export interface RevisionPorts {
  readonly client: KubeClient
  readonly clock: Pick<Clock, 'now'>
  readonly events: EventRecorder
  readonly deployments: Pick<Lister<V1Deployment>, 'get'>
  readonly podAutoscalers: Pick<Lister<PodAutoscaler>, 'get'>
  readonly images: Pick<Lister<Image>, 'get'>
  readonly certificates: Pick<Lister<Certificate>, 'get'>
  readonly digests: DigestResolver
  readonly tracker: Pick<Tracker, 'track'>
  readonly installation: Installation
  /** One immutable snapshot of the ConfigMaps. */
  config(): RevisionConfig
}
