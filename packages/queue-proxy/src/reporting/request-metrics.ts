import type { Clock } from '@knative-ts/clock'
import { type Exchange, isProbe, observedStatus } from '@knative-ts/http-proxy'
import { latencyBucketsSeconds, metricNames } from '@knative-ts/observability'
// The index of prom-client brings tracing, HTTPS and compression with it, 20 ms of a start.
import Gauge from 'prom-client/lib/gauge.js'
import Histogram from 'prom-client/lib/histogram.js'
import Registry from 'prom-client/lib/registry.js'
import type { RequestObserver } from '../request/request-observer.ts'
import { routeTag } from '../request/route-tag.ts'

/** Names that every metric of this pod bears. */
export interface MetricLabels {
  readonly namespace: string
  readonly service: string
  readonly configuration: string
  readonly revision: string
  readonly pod: string
  /** The operator's name for the whole; empty if there is none. */
  readonly otelServiceName: string
}

const statusLabel = 'http_response_status_code'
const tagLabel = 'kn_route_tag'

/** Counts users' requests for Prometheus. Loaded only when metrics are on. */
export class RequestMetrics implements RequestObserver {
  readonly registry = new Registry()
  readonly #clock: Clock
  readonly #duration: Histogram

  /** @param queueDepth requests admitted or waiting; undefined without a limit on concurrency */
  constructor(labels: MetricLabels, clock: Clock, queueDepth: (() => number) | undefined) {
    this.#clock = clock
    this.registry.setDefaultLabels({
      service_name: [
        labels.otelServiceName,
        labels.service,
        labels.configuration,
        labels.revision,
        labels.pod,
      ].find((name) => name !== ''),
      k8s_container_name: 'queue-proxy',
      k8s_namespace_name: labels.namespace,
      k8s_pod_name: labels.pod,
      kn_service_name: labels.service,
      kn_configuration_name: labels.configuration,
      kn_revision_name: labels.revision,
    })
    this.#duration = new Histogram({
      name: metricNames.queueProxy.invocationDuration,
      help: 'Time from passing a request on to the user container to the end of its response',
      labelNames: [statusLabel, tagLabel],
      buckets: [...latencyBucketsSeconds],
      registers: [this.registry],
    })
    if (!queueDepth) return
    new Gauge({
      name: metricNames.queueProxy.queueDepth,
      help: 'Requests being served or waiting in the queue-proxy',
      registers: [this.registry],
      collect() {
        this.set(queueDepth())
      },
    })
  }

  observe(exchange: Exchange): void {
    if (isProbe(exchange.headers)) return
    const startMs = this.#clock.monotonic()
    exchange.onEnd((ending) => {
      const seconds = (this.#clock.monotonic() - startMs) / 1000
      this.#duration.observe(
        { [statusLabel]: String(observedStatus(exchange, ending)), [tagLabel]: routeTag(exchange.headers) },
        seconds,
      )
    })
  }
}
