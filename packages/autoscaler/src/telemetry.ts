import { configurationLabelKey, type PodAutoscaler, serviceLabelKey } from '@knative-ts/apis'
import { latencyBucketsSeconds, metricNames } from '@knative-ts/observability'
import type { StatAverages } from '@knative-ts/stats/windows'
import type { Gauge, Registry } from 'prom-client'
import type { PodCounts } from './revision-pods.ts'
import { type Decider, undecided } from './scaling/decider.ts'

const scope = 'knative.dev/serving/pkg/autoscaler'
const revisionLabels = [
  'otel_scope_name',
  'k8s_namespace_name',
  'kn_service_name',
  'kn_configuration_name',
  'kn_revision_name',
] as const

type Labels = Record<(typeof revisionLabels)[number], string>

/** What the autoscaler reports about its decisions, while anyone collects it. */
export interface Telemetry {
  decided(key: string, decider: Decider, averages: StatAverages): void
  scaled(pa: PodAutoscaler, want: number, counts: PodCounts): void
  scraped(key: string, seconds: number): void
  /** The revision is gone; so are its series. */
  forget(key: string): void
}

/** Keeps the metrics of the contract in `registry`. */
export async function prometheusTelemetry(registry: Registry): Promise<Telemetry> {
  const prometheus = await import('prom-client')
  const names = metricNames.autoscaler
  const gauges: Gauge[] = []
  const gauge = (name: string, help: string) => {
    const created = new prometheus.Gauge({ name, help, labelNames: revisionLabels, registers: [registry] })
    gauges.push(created)
    return created
  }
  const podsDesired = gauge(names.podsDesired, 'Pods the autoscaler wants to allocate')
  const excessCapacity = gauge(
    names.excessCapacity,
    'Load the revision could take on top, less the burst capacity',
  )
  const panicMode = gauge(names.panicMode, '1 while the autoscaler panics')
  const byMetric = {
    concurrency: {
      stable: gauge(names.concurrencyStable, 'Average concurrency over the stable window, all pods together'),
      panic: gauge(names.concurrencyPanic, 'Average concurrency over the panic window, all pods together'),
      target: gauge(names.concurrencyTarget, 'Concurrency per pod that is aimed for'),
    },
    rps: {
      stable: gauge(names.rpsStable, 'Average requests per second over the stable window, all pods together'),
      panic: gauge(names.rpsPanic, 'Average requests per second over the panic window, all pods together'),
      target: gauge(names.rpsTarget, 'Requests per second per pod that are aimed for'),
    },
  }
  const podsRequested = gauge(names.podsRequested, 'Pods the autoscaler has asked for')
  const podsCount = gauge(names.podsCount, 'Pods that are ready')
  const podsNotReady = gauge(names.podsNotReady, 'Pods that are not ready')
  const podsPending = gauge(names.podsPending, 'Pods that are pending')
  const podsTerminating = gauge(names.podsTerminating, 'Pods that are terminating')
  const scrapeLabels = revisionLabels.slice(0, -1)
  const scrapeDuration = new prometheus.Histogram({
    name: names.scrapeDuration,
    help: 'Seconds that finding the load of a revision took',
    labelNames: scrapeLabels,
    buckets: latencyBucketsSeconds,
    registers: [registry],
  })
  const labelsOf = new Map<string, Labels>()

  return {
    decided(key, decider, averages) {
      const { labels: own, metric, parameters } = decider.spec
      const labels = revisionSeries(key, own.service, own.configuration, own.revision)
      labelsOf.set(key, labels)
      podsDesired.set(labels, decider.status.desired)
      excessCapacity.set(labels, decider.status.excessBurstCapacity)
      panicMode.set(labels, decider.panicking ? 1 : 0)
      byMetric[metric].stable.set(labels, averages.stable)
      byMetric[metric].panic.set(labels, averages.panic)
      byMetric[metric].target.set(labels, parameters.targetValue)
    },
    scaled(pa, want, counts) {
      const { namespace = '', name = '', labels: own } = pa.metadata
      const key = `${namespace}/${name}`
      const labels = revisionSeries(
        key,
        own?.[serviceLabelKey] ?? '',
        own?.[configurationLabelKey] ?? '',
        name,
      )
      labelsOf.set(key, labels)
      if (want !== undecided) podsRequested.set(labels, want)
      podsCount.set(labels, counts.ready)
      podsNotReady.set(labels, counts.notReady)
      podsPending.set(labels, counts.pending)
      podsTerminating.set(labels, counts.terminating)
    },
    scraped(key, seconds) {
      const labels = labelsOf.get(key)
      if (!labels) return
      const { kn_revision_name: _, ...shared } = labels
      scrapeDuration.observe(shared, seconds)
    },
    forget(key) {
      const labels = labelsOf.get(key)
      if (!labels) return
      labelsOf.delete(key)
      for (const each of gauges) each.remove(labels)
    },
  }
}

function revisionSeries(key: string, service: string, configuration: string, revision: string): Labels {
  return {
    otel_scope_name: scope,
    k8s_namespace_name: key.slice(0, key.indexOf('/')),
    kn_service_name: service,
    kn_configuration_name: configuration,
    kn_revision_name: revision,
  }
}
