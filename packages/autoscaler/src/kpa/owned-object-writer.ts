import {
  isControlledBy,
  type KubeObject,
  markResourceNotOwned,
  type PodAutoscaler,
  type PodAutoscalerStatus,
  type ResourceType,
} from '@knative-ts/apis'
import { isAlreadyExists, isConflict, type KubeClient, type Lister } from '@knative-ts/kube'
import { sameValue } from '@knative-ts/reconciler'
import { AutoscalerError, autoscalerErrorCodes } from '../errors.ts'

type WithSpec = KubeObject & { spec: unknown }

/**
 * Creates the object if it is missing, or gives it the desired spec if that differs; returns it as it now
 * is. One that belongs to someone else is left alone and reported in the status.
 * @param label what messages call the kind: the short form in errors, the kind in conditions
 * @throws AutoscalerError `AUTOSCALER_NOT_OWNED`; the API's own error on a conflict, else one that wraps it
 */
export async function writeOwnedObject<T extends WithSpec>(
  client: KubeClient,
  lister: Lister<T>,
  type: ResourceType<T>,
  pa: PodAutoscaler & { status: PodAutoscalerStatus },
  desired: T,
  label: string,
): Promise<T> {
  const namespace = pa.metadata.namespace ?? ''
  const name = pa.metadata.name ?? ''
  try {
    const existing = lister.get(namespace, name) ?? (await createOrRead(client, type, desired))
    if (!isControlledBy(existing, pa)) {
      markResourceNotOwned(pa.status, type.kind, name)
      throw new AutoscalerError(autoscalerErrorCodes.notOwned, `PA: ${name} does not own ${label}: ${name}`)
    }
    if (sameValue(existing.spec, desired.spec)) return existing
    return await client.update(type, { ...structuredClone(existing), spec: desired.spec })
  } catch (error) {
    if (isConflict(error)) throw error
    const code = error instanceof AutoscalerError ? error.code : autoscalerErrorCodes.writeFailed
    const text = error instanceof Error ? error.message : String(error)
    throw new AutoscalerError(code, `error reconciling ${label}: ${text}`, { cause: error })
  }
}

/** A cache that is behind our own last write must not look like a failure. */
async function createOrRead<T extends KubeObject>(
  client: KubeClient,
  type: ResourceType<T>,
  object: T,
): Promise<T> {
  try {
    return await client.create(type, object)
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
    return client.get(type, object.metadata.namespace ?? '', object.metadata.name ?? '')
  }
}
