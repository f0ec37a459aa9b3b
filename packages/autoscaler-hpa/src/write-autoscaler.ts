import {
  horizontalPodAutoscalers,
  isControlledBy,
  markResourceFailedCreation,
  markResourceNotOwned,
  type V1HorizontalPodAutoscaler,
} from '@knative-ts/apis'
import { createOrRead, isConflict, type KubeClient, type Lister } from '@knative-ts/kube'
import type { PodAutoscalerWithStatus } from '@knative-ts/reconciler/pod-autoscaler'
import type { HorizontalPodAutoscalerSpec } from './desired-autoscaler.ts'
import { HpaError, type HpaErrorCode, hpaErrorCodes } from './errors.ts'
import { sameSpec } from './server-defaults.ts'

type Desired = V1HorizontalPodAutoscaler & { spec: HorizontalPodAutoscalerSpec }

/**
 * Creates the HorizontalPodAutoscaler if it is missing, or replaces labels, annotations and spec if its spec
 * differs; returns it as it now is. What keeps it from that is reported in the status of `pa`.
 * @throws HpaError `HPA_NOT_OWNED`, `HPA_CREATE_FAILED` or `HPA_UPDATE_FAILED`; the API's own error on a conflict
 */
export async function writeAutoscaler(
  client: KubeClient,
  lister: Lister<V1HorizontalPodAutoscaler>,
  pa: PodAutoscalerWithStatus,
  desired: Desired,
): Promise<V1HorizontalPodAutoscaler> {
  const { kind } = horizontalPodAutoscalers
  const { namespace = '', name = '' } = desired.metadata
  const existing = lister.get(namespace, name) ?? (await create(client, pa, desired))
  if (!isControlledBy(existing, pa)) {
    markResourceNotOwned(pa.status, kind, name)
    const quoted = JSON.stringify(name)
    throw new HpaError(hpaErrorCodes.notOwned, `PodAutoscaler: ${quoted} does not own HPA: ${quoted}`)
  }
  if (existing.spec && sameSpec(existing.spec, desired.spec)) return existing
  const { labels = {}, annotations = {} } = desired.metadata
  const metadata = { ...existing.metadata, labels, annotations }
  try {
    return await client.update(horizontalPodAutoscalers, { ...existing, metadata, spec: desired.spec })
  } catch (error) {
    throw isConflict(error) ? error : failure(hpaErrorCodes.updateFailed, 'failed to update HPA', error)
  }
}

async function create(
  client: KubeClient,
  pa: PodAutoscalerWithStatus,
  desired: Desired,
): Promise<V1HorizontalPodAutoscaler> {
  try {
    return (await createOrRead<V1HorizontalPodAutoscaler>(client, horizontalPodAutoscalers, desired)).object
  } catch (error) {
    markResourceFailedCreation(pa.status, horizontalPodAutoscalers.kind, desired.metadata.name ?? '')
    throw failure(hpaErrorCodes.createFailed, 'failed to create HPA', error)
  }
}

function failure(code: HpaErrorCode, what: string, cause: unknown): HpaError {
  return new HpaError(code, `${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
}
