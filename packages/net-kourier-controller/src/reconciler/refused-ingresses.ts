import type { Ingress } from '@knative-ts/apis'
import type { Refusal } from '@knative-ts/xds'
import type { Dependencies } from '../gateway/dependencies.ts'
import { ingressConditions } from './ingress-conditions.ts'

const unknownCluster = /^route: unknown weighted cluster '([^']+)'/

/** Keys of the Ingresses to look at again after a gateway refused its configuration. */
export function refusedIngresses(
  refusal: Refusal,
  dependencies: Dependencies,
  ours: Iterable<Ingress>,
): string[] {
  const service = unknownCluster.exec(refusal.message)?.[1]
  if (service?.includes('/'))
    return [...dependencies.dependants(`service/${service as `${string}/${string}`}`)]
  const keys: string[] = []
  for (const ingress of ours) {
    if (!ingressConditions.isReady(ingress))
      keys.push(`${ingress.metadata.namespace}/${ingress.metadata.name}`)
  }
  return keys
}
