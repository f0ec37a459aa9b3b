import { formatDuration, formatFloat, goQuote, nsPerSecond } from '@knative-ts/apis'
import { ConfigValues } from './config-values.ts'
import { ConfigValueError } from './errors.ts'
import { compileGoTemplate } from './go-template/compile.ts'
import type { ExporterConfig, MetricsProtocol, ObservabilityConfig, TracingProtocol } from './types.ts'

/** The request log line that is written unless the ConfigMap has a template of its own. */
export const defaultRequestLogTemplate =
  '{"httpRequest": {"requestMethod": "{{.Request.Method}}", "requestUrl": "{{js .Request.RequestURI}}", "requestSize": "{{.Request.ContentLength}}", "status": {{.Response.Code}}, "responseSize": "{{.Response.Size}}", "userAgent": "{{js .Request.UserAgent}}", "remoteIp": "{{js .Request.RemoteAddr}}", "serverIp": "{{.Revision.PodIP}}", "referer": "{{js .Request.Referer}}", "latency": "{{.Response.Latency}}s", "protocol": "{{.Request.Proto}}"}, "traceId": "{{.TraceID}}"}'

const defaultRuntimeIntervalNs = 15n * nsPerSecond
const metricsProtocols: readonly MetricsProtocol[] = ['none', 'prometheus', 'http/protobuf', 'grpc']
const tracingProtocols: readonly TracingProtocol[] = ['none', 'stdout', 'http/protobuf', 'grpc']

/** Parses `config-observability`. @throws ConfigValueError or GoTemplateError for the first fault */
export function parseObservabilityConfig(data: Readonly<Record<string, string>>): ObservabilityConfig {
  const values = new ConfigValues(data)
  const enableRequestLog = values.bool('logging.enable-request-log', false)
  const requestLogTemplate = values.text('logging.request-log-template', defaultRequestLogTemplate)
  if (requestLogTemplate === '' && enableRequestLog) {
    throw new ConfigValueError(
      'logging.enable-request-log was set to true, but no logging.request-log-template was specified',
    )
  }
  compileGoTemplate(requestLogTemplate)
  return {
    metrics: metricsConfig(values, 'metrics-'),
    requestMetrics: metricsConfig(values, 'request-metrics-'),
    tracing: tracingConfig(values),
    runtime: runtimeConfig(values),
    enableVarLogCollection: values.bool('logging.enable-var-log-collection', false),
    loggingURLTemplate: values.text('logging.revision-url-template', ''),
    requestLogTemplate,
    enableRequestLog,
    enableProbeRequestLog: values.bool('logging.enable-probe-request-log', false),
  }
}

function metricsConfig(values: ConfigValues, prefix: string): ExporterConfig<MetricsProtocol> {
  const protocol = protocolOf(values.text(`${prefix}protocol`, 'none'), metricsProtocols)
  const endpoint = values.text(`${prefix}endpoint`, '')
  switch (protocol) {
    case 'none':
      if (endpoint !== '') throw new ConfigValueError("endpoint should not be set when protocol is 'none'")
      break
    case 'prometheus':
      if (endpoint !== '' && !isHostPort(endpoint)) {
        throw new ConfigValueError(`endpoint ${goQuote(endpoint)} must have the form host:port`)
      }
      break
    default:
      requireEndpoint(protocol, endpoint)
  }
  return { protocol, endpoint, exportIntervalNs: interval(values, `${prefix}export-interval`, 0n) }
}

function tracingConfig(values: ConfigValues): ObservabilityConfig['tracing'] {
  const protocol = protocolOf(values.text('tracing-protocol', 'none'), tracingProtocols)
  const endpoint = values.text('tracing-endpoint', '')
  if (protocol === 'none' || protocol === 'stdout') {
    if (endpoint !== '')
      throw new ConfigValueError(`endpoint should not be set when protocol is '${protocol}'`)
  } else {
    requireEndpoint(protocol, endpoint)
  }
  const samplingRate = values.float('tracing-sampling-rate', 0)
  if (!(samplingRate >= 0 && samplingRate <= 1)) {
    throw new ConfigValueError(`sampling rate ${formatFloat(samplingRate)} should be between 0 and 1`)
  }
  return { protocol, endpoint, samplingRate }
}

function runtimeConfig(values: ConfigValues): ObservabilityConfig['runtime'] {
  const profiling = values.text('runtime-profiling', 'disabled')
  if (profiling !== 'enabled' && profiling !== 'disabled') {
    throw new ConfigValueError(`unsupported profile setting ${goQuote(profiling)}`)
  }
  return {
    profiling: profiling === 'enabled',
    exportIntervalNs: interval(values, 'runtime-export-interval', defaultRuntimeIntervalNs),
  }
}

function interval(values: ConfigValues, key: string, defaultNs: bigint): number {
  const ns = values.duration(key, defaultNs)
  if (ns < 0n) {
    throw new ConfigValueError(`export interval ${goQuote(formatDuration(ns))} should be greater than zero`)
  }
  return Number(ns)
}

function protocolOf<P extends string>(text: string, known: readonly P[]): P {
  const protocol = known.find((candidate) => candidate === text)
  if (protocol === undefined) throw new ConfigValueError(`unsupported protocol ${goQuote(text)}`)
  return protocol
}

function requireEndpoint(protocol: string, endpoint: string): void {
  if (endpoint === '')
    throw new ConfigValueError(`endpoint should be set when protocol is ${goQuote(protocol)}`)
}

function isHostPort(text: string): boolean {
  return /^(\[[^\]]*\]|[^:[\]]*):[0-9]+$/.test(text)
}
