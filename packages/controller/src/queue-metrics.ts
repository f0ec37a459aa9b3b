import { metricNames } from '@knative-ts/observability'
import type { Controller } from '@knative-ts/reconciler'
import type { Registry } from 'prom-client'

/** Exports how many keys wait for each reconciler. */
export async function registerQueueMetrics(
  registry: Registry,
  controllers: () => readonly Controller[],
): Promise<void> {
  const { Gauge } = await import('prom-client')
  const depth = new Gauge({
    name: metricNames.workqueue.depth,
    help: 'Number of keys waiting in the work queue',
    labelNames: ['name'],
    registers: [registry],
    collect() {
      for (const controller of controllers()) depth.set({ name: controller.name }, controller.queue.depth)
    },
  })
}
