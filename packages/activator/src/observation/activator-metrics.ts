import { configurationLabelKey, serviceLabelKey } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import { observedStatus } from '@knative-ts/http-proxy'
import { latencyBucketsSeconds, metricNames } from '@knative-ts/observability'
import type { RevisionLoad } from '@knative-ts/stats'
import type * as prom from 'prom-client'
import type { RequestObserver } from '../request/request-handler.ts'
import type { ServedRevision } from '../revisions/served-revision.ts'

const revisionLabels = ['k8s_namespace_name', 'kn_revision_name'] as const
const requestLabels = [
  ...revisionLabels,
  'kn_service_name',
  'kn_configuration_name',
  'http_request_method',
  'http_response_status_code',
  'network_protocol_version',
  'url_scheme',
] as const
/** A cold start takes as long as pulling an image and starting a process do. */
const coldStartBucketsSeconds = [0.1, 0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 60, 120, 300]
const peer = { peer: 'autoscaler' }
/** Methods with series of their own; clients may invent others. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'])
const otherMethod = '_OTHER'

export interface ActivatorMetricsOptions {
  /** The Prometheus client, which is loaded only when metrics are asked for. */
  readonly client: typeof prom
  readonly clock: Clock
  readonly revisions: () => Iterable<ServedRevision>
}

/** The activator's metrics. Queue lengths are read when they are asked for, so that requests pay nothing for them. */
export class ActivatorMetrics {
  readonly registry: prom.Registry
  readonly #clock: Clock
  readonly #reachable: prom.Gauge<'peer'>
  readonly #errors: prom.Counter<'peer'>
  /** Revisions that have a series of `#coldStart`. */
  readonly #coldStarted = new Set<ServedRevision>()
  readonly #coldStart: prom.Histogram<(typeof revisionLabels)[number]>
  /** The series of `#duration` that a revision has, by their labels. */
  readonly #timed = new Map<ServedRevision, Map<string, RequestLabels>>()
  readonly #duration: prom.Histogram<(typeof requestLabels)[number]>
  #loads: readonly RevisionLoad[] = []

  constructor({ client, clock, revisions }: ActivatorMetricsOptions) {
    const registry = new client.Registry()
    const registers = [registry]
    const names = metricNames.activator
    this.registry = registry
    this.#clock = clock
    new client.Gauge({
      name: names.requestConcurrency,
      help: 'Concurrent requests that are routed to this activator',
      labelNames: revisionLabels,
      registers,
      collect: collecting((set) => {
        for (const { namespace, revision, averageConcurrentRequests } of this.#loads) {
          set({ k8s_namespace_name: namespace, kn_revision_name: revision }, averageConcurrentRequests)
        }
      }),
    })
    const perRevision = (name: string, help: string, read: (revision: ServedRevision) => number) =>
      new client.Gauge({
        name,
        help,
        labelNames: revisionLabels,
        registers,
        collect: collecting((set) => {
          for (const revision of revisions()) {
            const value = read(revision)
            if (value > 0) set(labelsOf(revision), value)
          }
        }),
      })
    perRevision(names.requestQueued, 'Requests waiting for a pod', ({ throttler }) => throttler.waiting)
    perRevision(names.requestActive, 'Requests being served by pods', ({ throttler }) => throttler.active)
    this.#reachable = new client.Gauge({
      name: names.statsConnectionReachable,
      help: 'Whether the autoscaler is reachable, 1 or 0',
      // Of several workers all have to be.
      aggregator: 'min',
      labelNames: ['peer'],
      registers,
    })
    this.#errors = new client.Counter({
      name: names.statsConnectionErrors,
      help: 'Failed or lost connections to the autoscaler',
      labelNames: ['peer'],
      registers,
    })
    const coldStarted = this.#coldStarted
    this.#coldStart = new client.Histogram({
      name: names.coldStartDuration,
      help: 'From arrival to first byte of the response, for requests that found no pod, seconds',
      labelNames: revisionLabels,
      buckets: coldStartBucketsSeconds,
      registers,
      collect() {
        for (const revision of withoutLiving(coldStarted, revisions())) {
          coldStarted.delete(revision)
          this.remove(labelsOf(revision))
        }
      },
    })
    const timed = this.#timed
    this.#duration = new client.Histogram({
      name: metricNames.server.requestDuration,
      help: 'Duration of user requests, seconds',
      labelNames: requestLabels,
      buckets: latencyBucketsSeconds,
      registers,
      collect() {
        for (const revision of withoutLiving(timed.keys(), revisions())) {
          for (const labels of timed.get(revision)!.values()) this.remove(labels)
          timed.delete(revision)
        }
      },
    })
  }

  /** Takes over the load of a reporting period. */
  onLoads(loads: readonly RevisionLoad[]): void {
    this.#loads = loads
  }

  /** A response had to wait for a pod from zero, `ms` after the request's arrival. */
  onColdStart(revision: ServedRevision, ms: number): void {
    this.#coldStarted.add(revision)
    this.#coldStart.observe(labelsOf(revision), ms / 1000)
  }

  onStatsConnection(connected: boolean): void {
    this.#reachable.set(peer, connected ? 1 : 0)
  }

  onStatsError(): void {
    this.#errors.inc(peer)
  }

  /** Times a request. */
  readonly observe: RequestObserver = (exchange, revision) => {
    const startMs = this.#clock.monotonic()
    exchange.onEnd((ending) => {
      const meta = revision.object.metadata.labels ?? {}
      const labels: RequestLabels = {
        ...labelsOf(revision),
        kn_service_name: meta[serviceLabelKey] ?? '',
        kn_configuration_name: meta[configurationLabelKey] ?? '',
        http_request_method: methods.has(exchange.method) ? exchange.method : otherMethod,
        http_response_status_code: String(observedStatus(exchange, ending)),
        network_protocol_version: exchange.httpMajor === 2 ? '2' : `1.${exchange.httpMinor}`,
        url_scheme: exchange.secure ? 'https' : 'http',
      }
      this.#noteSeries(revision, labels)
      this.#duration.observe(labels, (this.#clock.monotonic() - startMs) / 1000)
    })
  }

  #noteSeries(revision: ServedRevision, labels: RequestLabels): void {
    let series = this.#timed.get(revision)
    if (!series) {
      series = new Map()
      this.#timed.set(revision, series)
    }
    const key = Object.values(labels).join(' ')
    if (!series.has(key)) series.set(key, labels)
  }
}

type RequestLabels = Record<(typeof requestLabels)[number], string>

/** Those that are no longer served. */
function withoutLiving(
  known: Iterable<ServedRevision>,
  living: Iterable<ServedRevision>,
): ReadonlySet<ServedRevision> {
  const gone = new Set(known)
  for (const revision of living) gone.delete(revision)
  return gone
}

type RevisionLabels = Record<(typeof revisionLabels)[number], string>

function labelsOf({ namespace, name }: ServedRevision): RevisionLabels {
  return { k8s_namespace_name: namespace, kn_revision_name: name }
}

/** Fills a gauge anew each time it is read, so that revisions that are gone leave no trace. */
function collecting(fill: (set: (labels: RevisionLabels, value: number) => void) => void) {
  return function (this: prom.Gauge<(typeof revisionLabels)[number]>): void {
    this.reset()
    fill((labels, value) => this.set(labels, value))
  }
}
