import {
  type Certificate,
  certificates,
  isControlledBy,
  type KubeObject,
  type ResourceType,
} from '@knative-ts/apis'
import { createOrRead, type EventRecorder, type KubeClient } from '@knative-ts/kube'
import { sameValue } from '@knative-ts/reconciler'
import { NotOwnedError } from './errors.ts'

/** For whom a Certificate is kept, and by what means. */
export interface CertificateOwner<T extends KubeObject> {
  readonly client: KubeClient
  readonly events: EventRecorder
  readonly type: ResourceType<T>
  readonly owner: T
}

/**
 * Creates a Certificate, or corrects its spec.
 * @param existing what the cache has under that name
 * @throws NotOwnedError when another object controls the Certificate; ApiError when it can't be written
 */
export async function reconcileCertificate<T extends KubeObject>(
  { client, events, type, owner }: CertificateOwner<T>,
  desired: Certificate,
  existing: Certificate | undefined,
): Promise<Certificate> {
  const { namespace = '', name = '' } = desired.metadata
  const telling = async <R>(work: Promise<R>, reason: string, doing: string): Promise<R> => {
    try {
      return await work
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      events.event(
        type,
        owner,
        'Warning',
        reason,
        `Failed to ${doing} Certificate ${namespace}/${name}: ${text}`,
      )
      throw error
    }
  }
  let current = existing
  if (!current) {
    const { object, created } = await telling(
      createOrRead(client, certificates, desired),
      'CreationFailed',
      'create',
    )
    if (created) events.event(type, owner, 'Normal', 'Created', `Created Certificate ${namespace}/${name}`)
    current = object
  }
  if (!isControlledBy(current, owner)) {
    throw new NotOwnedError(type.kind.toLowerCase(), owner.metadata.name ?? '', 'certificate', name)
  }
  if (sameValue(current.spec, desired.spec)) return current
  const updated = await telling(
    client.update(certificates, { ...current, spec: desired.spec }),
    'UpdateFailed',
    'update',
  )
  events.event(type, owner, 'Normal', 'Updated', `Updated Spec for Certificate ${namespace}/${name}`)
  return updated
}
