import { parseFloat64 } from '@knative-ts/apis'
import { ConfigValueError, type ConfigValues } from '@knative-ts/config'

/** Where the gateway sends its spans. */
export interface TracingConfig {
  /** The URL as configured. */
  readonly endpoint: string
  readonly host: string
  readonly port: number
  readonly protocol: 'grpc' | 'http/protobuf'
  /** From 0 to 1. */
  readonly samplingRate: number
  readonly serviceName: string
}

const defaultServiceName = 'kourier-knative'

/** Tracing, or undefined when off. @throws ConfigValueError */
export function parseTracingConfig(values: ConfigValues): TracingConfig | undefined {
  const endpoint = values.text('tracing-endpoint', '')
  if (endpoint === '') return undefined
  const { host, port } = parseEndpoint(endpoint)
  const protocol = values.text('tracing-protocol', 'grpc')
  if (protocol !== 'grpc' && protocol !== 'http/protobuf') {
    throw new ConfigValueError(`tracing-protocol must be grpc or http/protobuf, not "${protocol}"`)
  }
  return {
    endpoint,
    host,
    port,
    protocol,
    samplingRate: values.parsed('tracing-sampling-rate', 1, fraction),
    serviceName: values.text('tracing-service-name', defaultServiceName) || defaultServiceName,
  }
}

/** A URL, or bare `host:port`; the port must be written out, also where the scheme has a default. */
function parseEndpoint(endpoint: string): { host: string; port: number } {
  const parts = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:\[([^\]]+)\]|([^:/]+)):(\d+)(?:\/.*)?$/i.exec(endpoint)
  const port = Number(parts?.[3])
  if (!parts || port > 65_535) {
    throw new ConfigValueError(`tracing-endpoint must be a URL with a port, not "${endpoint}"`)
  }
  return { host: parts[1] ?? parts[2] ?? '', port }
}

function fraction(text: string): number {
  const value = parseFloat64(text)
  if (!(value >= 0 && value <= 1)) throw new Error(`"${text}" is not a number from 0 to 1`)
  return value
}
