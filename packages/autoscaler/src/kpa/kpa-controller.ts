import {
  classAnnotationKeys,
  controllerOf,
  type KubeObject,
  keyOf,
  keyString,
  kpaClass,
  type Metric,
  metrics,
  type NamespacedName,
  type PodAutoscaler,
  parseKey,
  podAutoscalerConditions,
  podAutoscalers,
  type ServerlessService,
  serverlessServices,
  setPodAutoscalerDefaults,
} from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { AutoscalerConfig } from '@knative-ts/config'
import type { EventRecorder, InformerFactory, KubeClient, ResourceHandler } from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'
import {
  Controller,
  done,
  type KeyReconciler,
  type KindReconciler,
  type Leadership,
  ResourceReconciler,
} from '@knative-ts/reconciler'

/** A pass may wait for a probe; a request that waits for the first pod must not wait for that. */
const workers = 10

export interface KpaControllerOptions {
  client: KubeClient
  informers: InformerFactory
  clock: Clock
  logger: Logger
  events: EventRecorder
  leadership: Leadership
  kind: KindReconciler<PodAutoscaler>
  /** The cluster's defaults. */
  defaults: () => Pick<AutoscalerConfig, 'podAutoscalerClass'>
}

/** Whether a PodAutoscaler says itself that it is scaled by this process. */
export function isKpa(pa: PodAutoscaler): boolean {
  return pa.metadata.annotations?.[classAnnotationKeys[0]] === kpaClass
}

/** The PodAutoscaler reconciler behind its class filter; one that changed its class is treated as gone. */
export function kpaKeyReconciler(
  options: Omit<KpaControllerOptions, 'logger' | 'leadership'>,
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
      if (!pa || isKpa(pa)) return reconciler.reconcile(key, signal)
      kind.observeDeletion?.(key)
      return done
    },
  }
}

/** The controller of PodAutoscalers, woken by them and by what they own. */
export function kpaController(options: KpaControllerOptions): Controller {
  const { informers, clock, logger, leadership } = options
  const controller = new Controller({
    name: 'kpa-class-podautoscaler-controller',
    reconciler: kpaKeyReconciler(options),
    clock,
    logger,
    leadership,
    workers,
  })
  const enqueue = (pa: PodAutoscaler) => controller.enqueue(pa)
  informers.informer(podAutoscalers).addHandler({
    onAdd: (pa) => isKpa(pa) && enqueue(pa),
    onUpdate: (before, after) => (isKpa(before) || isKpa(after)) && enqueue(after),
    onDelete: enqueue,
  })
  const owned = <T extends KubeObject>(): ResourceHandler<T> => {
    const wake = (object: T) => {
      const owner = controllerOf(object)
      if (owner?.kind !== podAutoscalers.kind) return
      controller.enqueueKey(keyString({ namespace: object.metadata.namespace ?? '', name: owner.name }))
    }
    return { onAdd: wake, onUpdate: (_, after) => wake(after), onDelete: wake }
  }
  informers.informer(serverlessServices).addHandler(owned<ServerlessService>())
  informers.informer(metrics).addHandler(owned<Metric>())
  return controller
}

/** The PodAutoscalers of this class whose key `leads` accepts, by key. */
export function kpaKeys(informers: InformerFactory, leads: (key: string) => boolean): string[] {
  return informers.informer(podAutoscalers).lister.list().filter(isKpa).map(keyOf).filter(leads)
}

/** Whether there is a PodAutoscaler of this class with that key. */
export function hasKpa(informers: InformerFactory, key: string): boolean {
  const { namespace, name } = parseKey(key)
  const pa = informers.informer(podAutoscalers).lister.get(namespace, name)
  return pa !== undefined && isKpa(pa)
}
