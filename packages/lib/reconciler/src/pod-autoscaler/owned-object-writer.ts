import { isControlledBy, type KubeObject, markResourceNotOwned, type ResourceType } from '@knative-ts/apis'
import { createOrRead, isConflict, type KubeClient, type Lister } from '@knative-ts/kube'
import { OwnedObjectError, reconcilerErrorCodes } from '../errors.ts'
import { sameValue } from '../resource-reconciler.ts'
import type { PodAutoscalerWithStatus } from './pod-autoscaler-status.ts'

type WithSpec = KubeObject & { spec: unknown }

/**
 * Creates the object of a PodAutoscaler's name if it is missing, or gives it the desired spec if that differs;
 * returns it as it now is. One that belongs to someone else is left alone and reported in the status.
 * @param label what messages call the kind: the short form in errors, the kind in conditions
 * @throws OwnedObjectError `RECONCILER_NOT_OWNED`; the API's own error on a conflict, else
 * `RECONCILER_WRITE_FAILED` around it
 */
export async function writeOwnedObject<T extends WithSpec>(
  client: KubeClient,
  lister: Lister<T>,
  type: ResourceType<T>,
  pa: PodAutoscalerWithStatus,
  desired: T,
  label: string,
): Promise<T> {
  const namespace = pa.metadata.namespace ?? ''
  const name = pa.metadata.name ?? ''
  try {
    const existing = lister.get(namespace, name) ?? (await createOrRead(client, type, desired)).object
    if (!isControlledBy(existing, pa)) {
      markResourceNotOwned(pa.status, type.kind, name)
      throw new OwnedObjectError(reconcilerErrorCodes.notOwned, `PA: ${name} does not own ${label}: ${name}`)
    }
    if (sameValue(existing.spec, desired.spec)) return existing
    return await client.update(type, { ...structuredClone(existing), spec: desired.spec })
  } catch (error) {
    if (isConflict(error)) throw error
    const code = error instanceof OwnedObjectError ? error.code : reconcilerErrorCodes.writeFailed
    const text = error instanceof Error ? error.message : String(error)
    throw new OwnedObjectError(code, `error reconciling ${label}: ${text}`, { cause: error })
  }
}
