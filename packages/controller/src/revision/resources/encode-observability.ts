import type { ObservabilityConfig } from '@knative-ts/config'

/**
 * `config-observability` as the queue-proxy reads it from its environment. Empty and zero fields are left
 * out, and the order is fixed: the text is part of the pod, so changing it rolls every Deployment.
 */
export function encodeObservability(config: ObservabilityConfig): string {
  const exporter = (from: ObservabilityConfig['metrics']) =>
    nonEmpty({ protocol: from.protocol, endpoint: from.endpoint, exportInterval: from.exportIntervalNs })
  return JSON.stringify({
    tracing: nonEmpty({ ...config.tracing }),
    metrics: exporter(config.metrics),
    runtime: nonEmpty({
      profiling: config.runtime.profiling ? 'enabled' : 'disabled',
      exportInterval: config.runtime.exportIntervalNs,
    }),
    requestMetrics: exporter(config.requestMetrics),
    ...nonEmpty({
      EnableVarLogCollection: config.enableVarLogCollection,
      LoggingURLTemplate: config.loggingURLTemplate,
      enableRequestLog: config.enableRequestLog,
      requestLogTemplate: config.requestLogTemplate,
      enableProbeRequestLog: config.enableProbeRequestLog,
    }),
  })
}

function nonEmpty(fields: Record<string, string | number | boolean>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => Boolean(value)))
}
