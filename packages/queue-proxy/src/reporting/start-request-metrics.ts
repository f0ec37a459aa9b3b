import type { Clock } from '@knative-ts/clock'
import { metricsTlsSettings } from '@knative-ts/http-proxy/metrics-tls'
import { MetricsServer } from '@knative-ts/observability'
import type { Environment, Variables } from '../environment.ts'
import type { QueueProxy } from '../queue-proxy.ts'
import { RequestMetrics } from './request-metrics.ts'

/** Has requests counted from now on, and serves what is counted to Prometheus. */
export async function startRequestMetrics(
  environment: Environment,
  clock: Clock,
  queueProxy: QueueProxy,
): Promise<MetricsServer> {
  const metrics = new RequestMetrics(environment, clock, queueProxy.queueDepth)
  queueProxy.measure(metrics)
  return serveRequestMetrics(metrics, environment, process.env)
}

/**
 * Serves `metrics` where the environment says.
 * @throws TlsSettingError, or when the address can't be had
 */
export async function serveRequestMetrics(
  { registry }: RequestMetrics,
  { listenAddress, observability }: Environment,
  env: Variables,
): Promise<MetricsServer> {
  const server = new MetricsServer(registry, metricsTlsSettings(env))
  await server.listen(observability.metricsHost ?? listenAddress, observability.metricsPort)
  return server
}
