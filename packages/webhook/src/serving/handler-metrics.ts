import { latencyBucketsSeconds, metricNames } from '@knative-ts/observability'
import type { Registry } from 'prom-client'
import type { AdmissionRequest } from '../admission/review.ts'

/** Learns how long each request took. */
export interface HandlerMetrics {
  observe(type: string, request: AdmissionRequest, succeeded: boolean, seconds: number): void
}

/** Metrics together with the registry that exposes them. */
export interface PrometheusMetrics extends HandlerMetrics {
  readonly registry: Registry
}

/** A registry with the webhook's histogram. Loaded only where metrics are asked for. */
export async function prometheusMetrics(): Promise<PrometheusMetrics> {
  const { Histogram, Registry } = await import('prom-client')
  const registry = new Registry()
  const durations = new Histogram({
    name: metricNames.webhook.handlerDuration,
    help: 'The duration of webhook handling.',
    buckets: latencyBucketsSeconds,
    labelNames: [
      'kn_webhook_type',
      'kn_webhook_resource_group',
      'kn_webhook_resource_version',
      'kn_webhook_resource_kind',
      'kn_webhook_subresource',
      'kn_webhook_operation_type',
      'kn_webhook_operation_status',
    ],
    registers: [registry],
  })
  return {
    registry,
    observe(type, { kind, subResource = '', operation }, succeeded, seconds) {
      durations.observe(
        {
          kn_webhook_type: type,
          kn_webhook_resource_group: kind.group,
          kn_webhook_resource_version: kind.version,
          kn_webhook_resource_kind: kind.kind,
          kn_webhook_subresource: subResource,
          kn_webhook_operation_type: operation,
          kn_webhook_operation_status: succeeded ? 'success' : 'failed',
        },
        seconds,
      )
    },
  }
}
