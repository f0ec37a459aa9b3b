import { EnvironmentError } from '../errors.ts'

const defaultMetricsPort = 9090

/** Where the metrics listener binds. */
export interface MetricsEndpoint {
  readonly host: string
  readonly port: number
}

/**
 * The address for `GET /metrics`: `METRICS_PROMETHEUS_HOST` and `_PORT` win over the ConfigMap's
 * `metrics-endpoint`, which wins over port 9090 on the address that every listener binds.
 * @param configured `host:port`, or empty
 * @throws EnvironmentError if the port is none
 */
export function metricsEndpoint(
  configured: string,
  listenAddress: string,
  env: Readonly<Record<string, string | undefined>>,
): MetricsEndpoint {
  const colon = configured.lastIndexOf(':')
  const host = configured.slice(0, Math.max(0, colon)).replace(/^\[|\]$/g, '')
  const portText = env['METRICS_PROMETHEUS_PORT'] || (colon < 0 ? '' : configured.slice(colon + 1))
  const port = portText === '' ? defaultMetricsPort : Number(portText)
  if (!Number.isInteger(port) || port < 1024 || port > 65535) {
    throw new EnvironmentError(
      'METRICS_PROMETHEUS_PORT',
      `is ${JSON.stringify(portText)}, not a port between 1024 and 65535`,
    )
  }
  return { host: env['METRICS_PROMETHEUS_HOST'] || host || listenAddress, port }
}
