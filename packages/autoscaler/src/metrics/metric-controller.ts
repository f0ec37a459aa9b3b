import { keyOf, type Metric, metricConditions, metrics } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { EventRecorder, InformerFactory, KubeClient } from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'
import { Controller, type KindReconciler, type Leadership, ResourceReconciler } from '@knative-ts/reconciler'

export interface MetricControllerOptions {
  client: KubeClient
  informers: InformerFactory
  clock: Clock
  logger: Logger
  events: EventRecorder
  leadership: Leadership
  kind: KindReconciler<Metric>
}

/** The controller of Metrics. */
export function metricController(options: MetricControllerOptions): Controller {
  const { client, informers, clock, logger, events, leadership, kind } = options
  const informer = informers.informer(metrics)
  const controller = new Controller({
    name: 'metric-controller',
    reconciler: new ResourceReconciler({
      client,
      clock,
      events,
      type: metrics,
      lister: informer.lister,
      conditions: metricConditions,
      kind,
    }),
    clock,
    logger,
    leadership,
  })
  const enqueue = (metric: Metric) => controller.enqueueKey(keyOf(metric))
  informer.addHandler({ onAdd: enqueue, onUpdate: (_, after) => enqueue(after), onDelete: enqueue })
  return controller
}
