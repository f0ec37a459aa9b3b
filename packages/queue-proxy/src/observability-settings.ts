import { profilingPort } from '@knative-ts/apis'
import { EnvironmentError } from './errors.ts'

/** Which of `config-observability` concerns a sidecar, with the operator's overrides applied. */
export interface ObservabilitySettings {
  /** Where metrics about requests go; `prometheus` means that we serve them on `metricsHost:metricsPort`. */
  readonly requestMetricsProtocol: string
  /** Address to serve them on; undefined for the one that every listener binds. */
  readonly metricsHost: string | undefined
  readonly metricsPort: number
  readonly requestLogTemplate: string
  readonly enableRequestLog: boolean
  readonly enableProbeRequestLog: boolean
  /** Port to serve profiles of the process on; undefined when that is off. */
  readonly profilingPort: number | undefined
}

const protocols = new Set(['', 'none', 'prometheus', 'grpc', 'http/protobuf'])
const defaultMetricsPort = 9091

/**
 * Reads the JSON that the controller renders from `config-observability`; empty text gives the defaults.
 * @param variable name for error messages
 * @throws EnvironmentError
 */
export function parseObservability(
  variable: string,
  json: string,
  env: Readonly<Record<string, string | undefined>>,
): ObservabilitySettings {
  const config = json === '' ? {} : parseObject(variable, json)
  const requestMetrics = objectAt(config['requestMetrics'])
  const protocol = textAt(requestMetrics['protocol'])
  if (!protocols.has(protocol)) {
    throw new EnvironmentError(
      variable,
      `has requestMetrics.protocol ${JSON.stringify(protocol)}; use none, prometheus, grpc or http/protobuf`,
    )
  }
  const endpoint = /^\[?(.*?)\]?:(\d+)$/.exec(textAt(requestMetrics['endpoint']))
  return {
    requestMetricsProtocol: protocol === '' ? 'none' : protocol,
    metricsHost: env['METRICS_PROMETHEUS_HOST'] || (protocol === 'prometheus' && endpoint?.[1]) || undefined,
    metricsPort: metricsPort(
      env['METRICS_PROMETHEUS_PORT'],
      protocol === 'prometheus' ? endpoint?.[2] : undefined,
    ),
    requestLogTemplate: textAt(config['requestLogTemplate']),
    enableRequestLog: config['enableRequestLog'] === true,
    enableProbeRequestLog: config['enableProbeRequestLog'] === true,
    profilingPort:
      textAt(objectAt(config['runtime'])['profiling']) === 'enabled'
        ? portOf('PROFILING_PORT', env['PROFILING_PORT'] || String(profilingPort))
        : undefined,
  }
}

function parseObject(variable: string, json: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    throw new EnvironmentError(variable, `is not JSON: ${(error as Error).message}`, { cause: error })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new EnvironmentError(variable, 'must be a JSON object')
  }
  return value as Record<string, unknown>
}

function objectAt(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function textAt(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function metricsPort(override: string | undefined, configured: string | undefined): number {
  const text = override || configured
  if (!text) return defaultMetricsPort
  return portOf('METRICS_PROMETHEUS_PORT', text)
}

function portOf(variable: string, text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new EnvironmentError(variable, `must be a port from 1 to 65535, got ${JSON.stringify(text)}`)
  return port
}
