import type { KubeObject, ResourceType } from '@knative-ts/apis'
import { isAlreadyExists } from './api-error.ts'
import type { KubeClient } from './kube-client.ts'

/**
 * Creates `object`, or reads what already bears its name: a cache that is behind its own last write must
 * not look like a failure.
 * @throws ApiError of the create, unless it says that the object exists
 */
export async function createOrRead<T extends KubeObject>(
  client: KubeClient,
  type: ResourceType<T>,
  object: T,
): Promise<{ object: T; created: boolean }> {
  try {
    return { object: await client.create(type, object), created: true }
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
    const existing = await client.get(type, object.metadata.namespace ?? '', object.metadata.name ?? '')
    return { object: existing, created: false }
  }
}
