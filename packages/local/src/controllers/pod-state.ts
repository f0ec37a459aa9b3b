import type { V1Pod } from '@knative-ts/apis'

type PodCondition = NonNullable<NonNullable<V1Pod['status']>['conditions']>[number]

/** The pod's condition of this type. */
export function conditionOfPod(pod: V1Pod, type: string): PodCondition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type)
}

/** Neither finished nor on its way out. */
export function isPodActive(pod: V1Pod): boolean {
  const phase = pod.status?.phase
  return phase !== 'Succeeded' && phase !== 'Failed' && !pod.metadata.deletionTimestamp
}

export function isPodReady(pod: V1Pod): boolean {
  return conditionOfPod(pod, 'Ready')?.status === 'True'
}

/** Which pod goes first when there are too many: the one that is least useful, then the youngest. */
export function podDeletionOrder(a: V1Pod, b: V1Pod): number {
  const usefulness = (pod: V1Pod) => (isPodReady(pod) ? 2 : pod.status?.phase === 'Running' ? 1 : 0)
  const difference = usefulness(a) - usefulness(b)
  if (difference !== 0) return difference
  return (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '')
}
