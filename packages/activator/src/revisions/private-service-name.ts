import { childName, type NamespacedName } from '@knative-ts/apis'

/** Name of the Service that has a revision's pods behind it, as the autoscaler makes it. */
export function privateServiceName({ name }: NamespacedName): string {
  return childName(name, '-private')
}
