import {
  autoscalingAnnotations,
  keyOf,
  keyString,
  type Metric,
  markMetricFailed,
  markMetricReady,
  type NamespacedName,
  type StatusBase,
} from '@knative-ts/apis'
import { done, type KindReconciler, type Outcome } from '@knative-ts/reconciler'
import type { AggregationAlgorithm } from '@knative-ts/stats/windows'
import { autoscalerErrorCodes } from '../errors.ts'
import type { CollectionSpec, Collector } from './collector.ts'

const nsPerMs = 1e6

export interface MetricReconcilerOptions {
  collector: Pick<Collector, 'createOrUpdate' | 'delete'>
  /** Makes what scrapes the pods behind a Service; `key` is the revision's. */
  scraperFor: (key: string, scrapeTarget: string, stableWindowMs: number) => CollectionSpec['scraper']
}

/** Starts and stops the collection of a revision's load, and says in the Metric whether it works. */
export class MetricReconciler implements KindReconciler<Metric> {
  readonly #options: MetricReconcilerOptions

  constructor(options: MetricReconcilerOptions) {
    this.#options = options
  }

  async reconcileKind(metric: Metric): Promise<Outcome> {
    const { stableWindow, panicWindow, scrapeTarget } = metric.spec
    const { metricAggregationAlgorithm } = autoscalingAnnotations(metric.metadata.annotations)
    const key = keyOf(metric)
    const stableWindowMs = stableWindow / nsPerMs
    const error = this.#options.collector.createOrUpdate(key, {
      stableWindowMs,
      panicWindowMs: panicWindow / nsPerMs,
      algorithm: aggregationAlgorithm(metricAggregationAlgorithm),
      scraper: scrapeTarget === '' ? undefined : this.#options.scraperFor(key, scrapeTarget, stableWindowMs),
    })
    metric.status ??= {}
    markCollection(metric.status, error)
    return done
  }

  observeDeletion(key: NamespacedName): void {
    this.#options.collector.delete(keyString(key))
  }
}

function aggregationAlgorithm(annotation: string | undefined): AggregationAlgorithm {
  return annotation === 'weighted-exponential' || annotation === 'weightedExponential'
    ? 'weighted-exponential'
    : 'linear'
}

function markCollection(status: StatusBase, error: (Error & { code?: string }) | undefined): void {
  if (!error) markMetricReady(status)
  else if (error.code === autoscalerErrorCodes.scrapeUnscraped) {
    markMetricFailed(status, 'DidNotReceiveStat', error.message)
  } else {
    markMetricFailed(status, 'CollectionFailed', `Failed to reconcile metric collection: ${error.message}`)
  }
}
