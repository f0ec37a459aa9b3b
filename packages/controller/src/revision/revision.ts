import {
  markContainerHealthyFalse,
  markResourcesAvailableUnknown,
  type NamespacedName,
  type Revision,
  revisionConditions,
  revisionReasonContainerMissing,
  revisionReasonResolvingDigests,
  revisions,
} from '@knative-ts/apis'
import { againAfter, done, type KindReconciler, type Outcome } from '@knative-ts/reconciler'
import { statusOf } from '../status-of.ts'
import type { RevisionConfig } from './config.ts'
import { hasAllDigests, logUrlOf, nextInspectionMs } from './decide.ts'
import { ImageUnresolvedError } from './errors.ts'
import type { ResolvedImages, RevisionPorts } from './ports.ts'
import {
  reconcileDeployment,
  reconcileImageCache,
  reconcilePodAutoscaler,
  reconcileQueueCertificate,
} from './reconcile-resources.ts'

/** Gives a Revision its Deployment, image caches and PodAutoscaler, and reports how they fare. */
export class RevisionReconciler implements KindReconciler<Revision> {
  readonly #ports: RevisionPorts

  constructor(ports: RevisionPorts) {
    this.#ports = ports
  }

  async reconcileKind(revision: Revision): Promise<Outcome> {
    const config = this.#ports.config()
    const wasReady = revisionConditions.isReady(revision)
    recordLogUrl(revision, config)
    if (!this.#recordDigests(revision, config)) return done

    if (config.network.systemInternalTLS) await reconcileQueueCertificate(this.#ports, revision, config)
    const deployment = await reconcileDeployment(this.#ports, revision, config)
    await reconcileImageCache(this.#ports, revision)
    await reconcilePodAutoscaler(this.#ports, revision, deployment, config)

    const isReady = revisionConditions.top(revision.status)?.status === 'True'
    if (isReady && !wasReady) {
      const message = 'Revision becomes ready upon all resources being ready'
      this.#ports.events.event(revisions, revision, 'Normal', 'RevisionReady', message)
    }
    const inspectionMs = nextInspectionMs(revision, deployment, this.#ports.clock.now())
    return inspectionMs === undefined ? done : againAfter(inspectionMs)
  }

  observeDeletion(key: NamespacedName): void {
    this.#ports.digests.forget(key)
  }

  /** Returns whether the digests are known. */
  #recordDigests(revision: Revision, config: RevisionConfig): boolean {
    const { digests } = this.#ports
    const status = statusOf(revision)
    if (!hasAllDigests(revision)) {
      let resolved: ResolvedImages | undefined
      try {
        resolved = digests.resolve(revision, config.deployment)
      } catch (error) {
        if (error instanceof ImageUnresolvedError) {
          markContainerHealthyFalse(status, revisionReasonContainerMissing, error.message)
        }
        throw error
      }
      if (!resolved) {
        markResourcesAvailableUnknown(status, revisionReasonResolvingDigests)
        return false
      }
      status.containerStatuses = resolved.containers
      if (resolved.initContainers.length > 0) status.initContainerStatuses = resolved.initContainers
    }
    const { namespace = '', name = '' } = revision.metadata
    digests.forget({ namespace, name })
    return true
  }
}

function recordLogUrl(revision: Revision, { observability }: RevisionConfig): void {
  const url = logUrlOf(revision, observability.loggingURLTemplate)
  const status = statusOf(revision)
  if (url === undefined) delete status.logUrl
  else status.logUrl = url
}
