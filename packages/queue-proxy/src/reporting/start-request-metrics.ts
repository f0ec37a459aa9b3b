import type { Clock } from '@knative-ts/clock'
import { metricsTlsSettings } from '@knative-ts/http-proxy/metrics-tls'
import { MetricsServer } from '@knative-ts/observability'
import type { Environment } from '../environment.ts'
import { RequestMetrics } from './request-metrics.ts'

const everywhere = '0.0.0.0'

/** Serves metrics about requests to Prometheus and returns what counts them. */
export async function startRequestMetrics(
  environment: Environment,
  clock: Clock,
  queueDepth: (() => number) | undefined,
): Promise<RequestMetrics> {
  const metrics = new RequestMetrics(environment, clock, queueDepth)
  const { metricsHost, metricsPort } = environment.observability
  const server = new MetricsServer(metrics.registry, metricsTlsSettings(process.env))
  await server.listen(metricsHost ?? environment.listenAddress ?? everywhere, metricsPort)
  return metrics
}
