import {
  classAnnotationKeys,
  type NamespacedName,
  type PodAutoscaler,
  podAutoscalerConditions,
  podAutoscalers,
  type ResourceType,
  setPodAutoscalerDefaults,
} from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { EventRecorder, InformerFactory, KubeClient } from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'
import { Controller, type KeyReconciler } from '../controller.ts'
import { enqueueControllerOf } from '../enqueue-controller-of.ts'
import type { Leadership } from '../leadership.ts'
import { done } from '../outcome.ts'
import { type KindReconciler, ResourceReconciler } from '../resource-reconciler.ts'

export interface PodAutoscalerControllerOptions {
  /** Class of the PodAutoscalers to work on, e.g. `kpa.autoscaling.knative.dev`. */
  class: string
  client: KubeClient
  informers: InformerFactory
  clock: Clock
  logger: Logger
  events: EventRecorder
  leadership: Leadership
  kind: KindReconciler<PodAutoscaler>
  /** Kinds whose objects wake the PodAutoscaler that controls them. */
  owned: readonly ResourceType[]
  /** The cluster's defaults. */
  defaults: () => { readonly podAutoscalerClass: string }
  /** Parallel workers. */
  workers: number
}

/** Whether a PodAutoscaler says itself that it is of that class. */
export function isOfClass(pa: PodAutoscaler, podAutoscalerClass: string): boolean {
  return pa.metadata.annotations?.[classAnnotationKeys[0]] === podAutoscalerClass
}

/** The reconciler of one class of PodAutoscalers; one that changed its class is treated as gone. */
export function podAutoscalerKeyReconciler(
  options: Pick<
    PodAutoscalerControllerOptions,
    'class' | 'client' | 'clock' | 'events' | 'informers' | 'kind' | 'defaults'
  >,
): KeyReconciler {
  const { client, clock, events, informers, kind, defaults } = options
  const { lister } = informers.informer(podAutoscalers)
  const reconciler = new ResourceReconciler({
    client,
    clock,
    events,
    type: podAutoscalers,
    lister,
    conditions: podAutoscalerConditions,
    kind,
    setDefaults: (pa) => setPodAutoscalerDefaults(pa, { autoscaler: defaults() }),
  })
  return {
    async reconcile(key: NamespacedName, signal: AbortSignal) {
      const pa = lister.get(key.namespace, key.name)
      if (!pa || isOfClass(pa, options.class)) return reconciler.reconcile(key, signal)
      kind.observeDeletion?.(key)
      return done
    },
  }
}

/** The controller of one class of PodAutoscalers, woken by them and by what they own. */
export function podAutoscalerController(options: PodAutoscalerControllerOptions): Controller {
  const { informers, clock, logger, leadership, workers } = options
  const controller = new Controller({
    name: `${options.class.split('.', 1)[0]}-class-podautoscaler-controller`,
    reconciler: podAutoscalerKeyReconciler(options),
    clock,
    logger,
    leadership,
    workers,
  })
  const isOurs = (pa: PodAutoscaler): boolean => isOfClass(pa, options.class)
  const enqueue = (pa: PodAutoscaler): void => controller.enqueue(pa)
  informers.informer(podAutoscalers).addHandler({
    onAdd: (pa) => isOurs(pa) && enqueue(pa),
    onUpdate: (before, after) => (isOurs(before) || isOurs(after)) && enqueue(after),
    onDelete: enqueue,
  })
  for (const type of options.owned) {
    informers.informer(type).addHandler(enqueueControllerOf(controller, podAutoscalers))
  }
  return controller
}
