import {
  type AccessLog,
  durationOf,
  HttpConnectionManager,
  type HttpFilter,
  pack,
  Router,
  StdoutAccessLog,
} from '@knative-ts/xds'
import type { KourierConfig } from '../config/kourier-config.ts'
import { extAuthzFilter } from './ext-authz-filter.ts'
import { tracing } from './tracing.ts'

/** The filter that speaks HTTP on a listener and routes by the named route configuration. */
export function httpConnectionManager(routeConfigName: string, config: KourierConfig) {
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typedConfig: pack(HttpConnectionManager, {
      codecType: 'AUTO',
      statPrefix: 'ingress_http',
      rds: {
        configSource: { ads: {}, resourceApiVersion: 'V3', initialFetchTimeout: '10s' },
        routeConfigName,
      },
      httpFilters: httpFilters(config),
      httpProtocolOptions: { enableTrailers: true },
      streamIdleTimeout: durationOf(config.streamIdleTimeoutMs),
      xffNumTrustedHops: config.trustedHopsCount,
      useRemoteAddress: config.useRemoteAddress || config.enableProxyProtocol,
      ...(config.disableEnvoyServerHeader ? { serverHeaderTransformation: 'PASS_THROUGH' as const } : {}),
      ...(config.enableServiceAccessLogging
        ? { accessLog: [accessLog(config.serviceAccessLogTemplate)] }
        : {}),
      ...(config.tracing ? { tracing: tracing(config.tracing), generateRequestId: true } : {}),
    }),
  }
}

function httpFilters(config: KourierConfig): HttpFilter[] {
  const router = { name: 'envoy.filters.http.router', typedConfig: pack(Router, {}) }
  return config.externalAuthorization ? [extAuthzFilter(config.externalAuthorization), router] : [router]
}

/** Not a file log of /dev/stdout, which cannot be opened where standard output is a socket. */
function accessLog(template: string): AccessLog {
  const logFormat = template === '' ? {} : { logFormat: { textFormatSource: { inlineString: template } } }
  return { name: 'envoy.access_loggers.stdout', typedConfig: pack(StdoutAccessLog, logFormat) }
}
