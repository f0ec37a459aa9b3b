import { controllerOf, type KubeObject, keyString } from '@knative-ts/apis'
import type { ResourceHandler } from '@knative-ts/kube'

/** Index of objects by the UID of their controller. */
export const ownerUidIndex = {
  name: 'owner-uid',
  valuesOf: (object: KubeObject): string[] => {
    const uid = controllerOf(object)?.uid
    return uid === undefined ? [] : [uid]
  },
}

/** Wakes the controller of an object whenever the object changes. */
export function enqueueOwners<T extends KubeObject>(
  kind: string,
  enqueue: (key: string) => void,
): ResourceHandler<T> {
  const wake = (object: T) => {
    const owner = controllerOf(object)
    if (owner?.kind === kind) {
      enqueue(keyString({ namespace: object.metadata.namespace ?? '', name: owner.name }))
    }
  }
  return { onAdd: wake, onUpdate: (_, object) => wake(object), onDelete: wake }
}
