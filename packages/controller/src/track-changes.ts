import type { KubeObject, ResourceType } from '@knative-ts/apis'
import type { ResourceHandler } from '@knative-ts/kube'
import type { Tracker } from '@knative-ts/reconciler'

/** Tells a tracker of every change of a kind. */
export function trackChanges<T extends KubeObject>(
  tracker: Pick<Tracker, 'onChange'>,
  type: ResourceType<T>,
): ResourceHandler<T> {
  const tell = (object: T): void => tracker.onChange(type, object)
  return { onAdd: tell, onUpdate: (_, after) => tell(after), onDelete: tell }
}
