import { keyOf, kpaClass, metrics, parseKey, podAutoscalers, serverlessServices } from '@knative-ts/apis'
import type { InformerFactory } from '@knative-ts/kube'
import type { Controller } from '@knative-ts/reconciler'
import {
  isOfClass,
  type PodAutoscalerControllerOptions,
  podAutoscalerController,
} from '@knative-ts/reconciler/pod-autoscaler'

/** A pass may wait for a probe; a request that waits for the first pod must not wait for that. */
const workers = 10

/** The controller of PodAutoscalers that are scaled by this process. */
export function kpaController(
  options: Omit<PodAutoscalerControllerOptions, 'class' | 'owned' | 'workers'>,
): Controller {
  return podAutoscalerController({
    ...options,
    class: kpaClass,
    owned: [serverlessServices, metrics],
    workers,
  })
}

/** The PodAutoscalers of this class whose key `leads` accepts, by key. */
export function kpaKeys(informers: InformerFactory, leads: (key: string) => boolean): string[] {
  return informers
    .informer(podAutoscalers)
    .lister.list()
    .filter((pa) => isOfClass(pa, kpaClass))
    .map(keyOf)
    .filter(leads)
}

/** Whether there is a PodAutoscaler of this class with that key. */
export function hasKpa(informers: InformerFactory, key: string): boolean {
  const { namespace, name } = parseKey(key)
  const pa = informers.informer(podAutoscalers).lister.get(namespace, name)
  return pa !== undefined && isOfClass(pa, kpaClass)
}
