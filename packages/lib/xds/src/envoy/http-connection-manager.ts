import {
  any,
  boolValue,
  double,
  duration,
  enumeration,
  field,
  type MessageValue,
  message,
  repeated,
  string,
  uint32,
} from '../protobuf/index.ts'
import {
  ConfigSource,
  GrpcService,
  Http1ProtocolOptions,
  HttpService,
  SubstitutionFormatString,
} from './core.ts'

const pkg = 'envoy.extensions.filters.network.http_connection_manager.v3'

const Rds = message(`${pkg}.Rds`, { configSource: field(1, ConfigSource), routeConfigName: field(2, string) })

export const HttpFilter = message(`${pkg}.HttpFilter`, { name: field(1, string), typedConfig: field(4, any) })
export type HttpFilter = MessageValue<typeof HttpFilter.fields>

const Percent = message('envoy.type.v3.Percent', { value: field(1, double) })

const TracingProvider = message('envoy.config.trace.v3.Tracing.Http', {
  name: field(1, string),
  typedConfig: field(3, any),
})

export const Tracing = message(`${pkg}.HttpConnectionManager.Tracing`, {
  overallSampling: field(5, Percent),
  provider: field(9, TracingProvider),
})
export type Tracing = MessageValue<typeof Tracing.fields>

export const AccessLog = message('envoy.config.accesslog.v3.AccessLog', {
  name: field(1, string),
  typedConfig: field(4, any),
})
export type AccessLog = MessageValue<typeof AccessLog.fields>

export const HttpConnectionManager = message(`${pkg}.HttpConnectionManager`, {
  codecType: field(1, enumeration(`${pkg}.HttpConnectionManager.CodecType`, { AUTO: 0, HTTP1: 1, HTTP2: 2 })),
  statPrefix: field(2, string),
  rds: field(3, Rds),
  httpFilters: repeated(5, HttpFilter),
  tracing: field(7, Tracing),
  httpProtocolOptions: field(8, Http1ProtocolOptions),
  accessLog: repeated(13, AccessLog),
  useRemoteAddress: field(14, boolValue),
  generateRequestId: field(15, boolValue),
  xffNumTrustedHops: field(19, uint32),
  streamIdleTimeout: field(24, duration),
  serverHeaderTransformation: field(
    34,
    enumeration(`${pkg}.HttpConnectionManager.ServerHeaderTransformation`, {
      OVERWRITE: 0,
      APPEND_IF_ABSENT: 1,
      PASS_THROUGH: 2,
    }),
  ),
})
export type HttpConnectionManager = MessageValue<typeof HttpConnectionManager.fields>

export const Router = message('envoy.extensions.filters.http.router.v3.Router', {})

export const StdoutAccessLog = message('envoy.extensions.access_loggers.stream.v3.StdoutAccessLog', {
  logFormat: field(1, SubstitutionFormatString),
})

export const OpenTelemetryConfig = message('envoy.config.trace.v3.OpenTelemetryConfig', {
  grpcService: field(1, GrpcService),
  serviceName: field(2, string),
  httpService: field(3, HttpService),
})
