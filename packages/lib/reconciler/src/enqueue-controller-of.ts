import { controllerOf, type KubeObject, keyString, type ResourceType } from '@knative-ts/apis'
import type { ResourceHandler } from '@knative-ts/kube'
import type { Controller } from './controller.ts'

/** Wakes the owner of a changed object, if the owner that controls it is of kind `ownerType`. */
export function enqueueControllerOf<T extends KubeObject>(
  controller: Pick<Controller, 'enqueueKey'>,
  ownerType: Pick<ResourceType, 'group' | 'kind'>,
): ResourceHandler<T> {
  const enqueue = (object: T): void => {
    const owner = controllerOf(object)
    // The version in the reference may differ from ours; group and kind say which kind it is.
    if (owner?.kind !== ownerType.kind || groupOf(owner.apiVersion) !== ownerType.group) return
    controller.enqueueKey(keyString({ namespace: object.metadata.namespace ?? '', name: owner.name }))
  }
  return { onAdd: enqueue, onUpdate: (_, after) => enqueue(after), onDelete: enqueue }
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}
