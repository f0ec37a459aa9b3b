import type { Registry } from 'prom-client'
import { metricNames } from './metric-names.ts'

/** A queue of keys that a controller works on. */
export interface NamedQueue {
  readonly name: string
  readonly queue: { readonly depth: number }
}

/** Exports how many keys wait for each controller. */
export async function registerQueueMetrics(
  registry: Registry,
  controllers: () => readonly NamedQueue[],
): Promise<void> {
  const { Gauge } = await import('prom-client')
  const depth = new Gauge({
    name: metricNames.workqueue.depth,
    help: 'Number of keys waiting in the work queue',
    labelNames: ['name'],
    registers: [registry],
    collect() {
      for (const { name, queue } of controllers()) depth.set({ name }, queue.depth)
    },
  })
}
