import {
  certificates,
  deployments,
  images,
  isControlledBy,
  type KubeObject,
  markContainerHealthyTrue,
  markContainerHealthyUnknown,
  markResourcesAvailableFalse,
  markResourcesAvailableUnknown,
  namespaces,
  podAutoscalers,
  pods,
  propagateAutoscalerStatus,
  propagateDeploymentStatus,
  type Revision,
  revisionReasonDeploying,
  revisionReasonNotOwned,
  revisionResourceNotOwnedMessage,
  secrets,
  type V1Deployment,
} from '@knative-ts/apis'
import { createOrRead, isNotFound, labelSelectorText } from '@knative-ts/kube'
import { sameValue } from '@knative-ts/reconciler'
import { NotOwnedError } from '../errors.ts'
import { statusOf } from '../status-of.ts'
import type { RevisionConfig } from './config.ts'
import { needsPodInspection, propagatePodState } from './decide.ts'
import { CertificatePendingError } from './errors.ts'
import type { RevisionPorts } from './ports.ts'
import { servingCertsName } from './resources/added-volumes.ts'
import { isDeploymentCurrent, makeDeployment, mergeDeployment } from './resources/deployment.ts'
import { makeImageCache } from './resources/image-cache.ts'
import { deploymentName, imageCacheName, podAutoscalerName } from './resources/names.ts'
import { makePodAutoscaler, updatedPodAutoscaler, withDefaultClass } from './resources/pod-autoscaler.ts'
import { makeQueueCertificate, withNamespaceOwner } from './resources/queue-certificate.ts'

/**
 * Makes the Deployment or brings it up to date, and says in the status how it and its pods fare.
 * @returns the Deployment as it is now
 */
export async function reconcileDeployment(
  ports: RevisionPorts,
  revision: Revision,
  config: RevisionConfig,
): Promise<V1Deployment> {
  const status = statusOf(revision)
  const { namespace = '' } = revision.metadata
  const desired = makeDeployment(revision, config, ports.installation)
  let live = ports.deployments.get(namespace, deploymentName(revision))
  if (!live) {
    markResourcesAvailableUnknown(status, revisionReasonDeploying)
    markContainerHealthyUnknown(status, revisionReasonDeploying)
    const { object, created } = await createOrRead(ports.client, deployments, desired)
    if (created) return object
    live = object
  }
  requireOwned(revision, live, 'Deployment')
  if (!isDeploymentCurrent(live, desired)) {
    live = await ports.client.update(deployments, mergeDeployment(live, desired))
  }
  propagateDeploymentStatus(status, live.status)
  if (needsPodInspection(live)) await inspectPod(ports, revision, live, config)
  if ((live.status?.readyReplicas ?? 0) > 0) markContainerHealthyTrue(status)
  return live
}

async function inspectPod(
  ports: RevisionPorts,
  revision: Revision,
  deployment: V1Deployment,
  config: RevisionConfig,
): Promise<void> {
  const { items } = await ports.client.list(pods, {
    namespace: revision.metadata.namespace ?? '',
    labelSelector: labelSelectorText(deployment.spec?.selector.matchLabels ?? {}),
    limit: 1,
  })
  const [pod] = items
  if (pod) propagatePodState(statusOf(revision), pod, deployment, config.deployment.podIsAlwaysSchedulable)
}

/** Makes the Image object of each container that has none; caching them is up to others. */
export async function reconcileImageCache(ports: RevisionPorts, revision: Revision): Promise<void> {
  const { containerStatuses = [], initContainerStatuses = [] } = statusOf(revision)
  const { namespace = '' } = revision.metadata
  const missing = [...containerStatuses, ...initContainerStatuses].filter(
    ({ name = '' }) => !ports.images.get(namespace, imageCacheName(revision, name)),
  )
  await Promise.all(
    missing.map((container) => createOrRead(ports.client, images, makeImageCache(revision, container))),
  )
}

/** Makes the PodAutoscaler or brings it up to date, and copies what it says into the status. */
export async function reconcilePodAutoscaler(
  ports: RevisionPorts,
  revision: Revision,
  deployment: V1Deployment,
  config: RevisionConfig,
): Promise<void> {
  const { namespace = '' } = revision.metadata
  const desired = makePodAutoscaler(revision, deployment)
  let live = ports.podAutoscalers.get(namespace, podAutoscalerName(revision))
  if (!live) {
    const first = withDefaultClass(desired, config.autoscaler.podAutoscalerClass)
    live = (await createOrRead(ports.client, podAutoscalers, first)).object
  }
  requireOwned(revision, live, 'PodAutoscaler')
  const updated = updatedPodAutoscaler(live, desired)
  if (updated) live = await ports.client.update(podAutoscalers, updated)
  propagateAutoscalerStatus(statusOf(revision), live.status)
}

/**
 * Makes the certificate that the namespace's queue-proxies share; the first Deployment waits until it has been
 * issued.
 * @throws CertificatePendingError
 */
export async function reconcileQueueCertificate(
  ports: RevisionPorts,
  revision: Revision,
  config: RevisionConfig,
): Promise<void> {
  const { namespace = '' } = revision.metadata
  ports.tracker.track(revision, certificates, { namespace, name: servingCertsName })
  const desired = makeQueueCertificate(revision, config.network.certificateClass)
  const live = ports.certificates.get(namespace, servingCertsName)
  if (!live) {
    const owner = await ports.client.get(namespaces, '', namespace)
    await createOrRead(ports.client, certificates, withNamespaceOwner(desired, owner))
  } else if (!sameValue(live.spec, desired.spec)) {
    // Revisions of one namespace share the certificate but not their annotations, so only the spec is kept right.
    await ports.client.update(certificates, { ...live, spec: desired.spec })
  }
  if (!ports.deployments.get(namespace, deploymentName(revision))) {
    await requireIssued(ports, namespace)
  }
}

async function requireIssued({ client }: RevisionPorts, namespace: string): Promise<void> {
  const secret = await client.get(secrets, namespace, servingCertsName).catch((error: unknown) => {
    if (isNotFound(error)) return undefined
    throw error
  })
  const missing = ['tls.crt', 'tls.key'].find((key) => !secret?.data?.[key])
  if (missing) throw new CertificatePendingError(namespace, servingCertsName, missing)
}

function requireOwned(revision: Revision, object: KubeObject, kind: string): void {
  if (isControlledBy(object, revision)) return
  const { name = '' } = object.metadata
  markResourcesAvailableFalse(
    statusOf(revision),
    revisionReasonNotOwned,
    revisionResourceNotOwnedMessage(kind, name),
  )
  throw new NotOwnedError('revision', revision.metadata.name ?? '', kind, name)
}
