import { describe, expect, test } from '@jest/globals'
import { compileGoTemplate } from './go-template/compile.ts'
import { defaultRequestLogTemplate, parseObservabilityConfig } from './observability-config.ts'

test('defaults', () => {
  const off = { protocol: 'none', endpoint: '', exportIntervalNs: 0 }
  expect(parseObservabilityConfig({})).toEqual({
    metrics: off,
    requestMetrics: off,
    tracing: { protocol: 'none', endpoint: '', samplingRate: 0 },
    runtime: { profiling: false, exportIntervalNs: 15e9 },
    enableVarLogCollection: false,
    loggingURLTemplate: '',
    requestLogTemplate: defaultRequestLogTemplate,
    enableRequestLog: false,
    enableProbeRequestLog: false,
  })
})

describe('accepts', () => {
  test.each([
    [
      { 'metrics-protocol': 'prometheus', 'metrics-endpoint': ':9999' },
      { metrics: { protocol: 'prometheus', endpoint: ':9999' } },
    ],
    [
      { 'request-metrics-protocol': 'grpc', 'request-metrics-endpoint': 'c:4317' },
      { requestMetrics: { protocol: 'grpc' } },
    ],
    [{ 'metrics-export-interval': '30s' }, { metrics: { exportIntervalNs: 30e9 } }],
    [
      { 'tracing-protocol': 'stdout', 'tracing-sampling-rate': '0.5' },
      { tracing: { protocol: 'stdout', samplingRate: 0.5 } },
    ],
    [{ 'runtime-profiling': 'enabled' }, { runtime: { profiling: true } }],
    [
      { 'metrics.backend-destination': 'prometheus', 'profiling.enable': 'true' },
      { runtime: { profiling: false } },
    ],
    [{ 'logging.request-log-template': '' }, { requestLogTemplate: '' }],
  ])('%j', (data: Record<string, string>, expected) => {
    expect(parseObservabilityConfig(data)).toMatchObject(expected)
  })
})

describe('refuses', () => {
  test.each([
    [{ 'metrics-protocol': 'opencensus' }, 'unsupported protocol "opencensus"'],
    [{ 'metrics-protocol': 'grpc' }, 'endpoint should be set when protocol is "grpc"'],
    [{ 'metrics-endpoint': 'x:1' }, "endpoint should not be set when protocol is 'none'"],
    [
      { 'metrics-protocol': 'prometheus', 'metrics-endpoint': 'x' },
      'endpoint "x" must have the form host:port',
    ],
    [{ 'metrics-export-interval': '-1s' }, 'export interval "-1s" should be greater than zero'],
    [{ 'tracing-protocol': 'zipkin' }, 'unsupported protocol "zipkin"'],
    [{ 'tracing-protocol': 'http/protobuf' }, 'endpoint should be set when protocol is "http/protobuf"'],
    [{ 'tracing-sampling-rate': '1.5' }, 'sampling rate 1.5 should be between 0 and 1'],
    [{ 'runtime-profiling': 'true' }, 'unsupported profile setting "true"'],
    [{ 'logging.request-log-template': '{{' }, 'template: :1: unclosed action'],
    [
      { 'logging.request-log-template': '', 'logging.enable-request-log': 'true' },
      'logging.enable-request-log was set to true, but no logging.request-log-template was specified',
    ],
  ])('%j', (data: Record<string, string>, message) => {
    expect(() => parseObservabilityConfig(data)).toThrow(message)
  })
})

test('the default request log line is JSON', () => {
  const line = compileGoTemplate(defaultRequestLogTemplate)({
    Request: {
      Method: 'GET',
      RequestURI: '/a?b="c"',
      ContentLength: 0,
      UserAgent: 'curl',
      RemoteAddr: '1.2.3.4:5',
      Referer: '',
      Proto: 'HTTP/1.1',
    },
    Response: { Code: 200, Size: 12, Latency: 0.25 },
    Revision: { PodIP: '10.0.0.1' },
    TraceID: 'abc',
  })
  expect(JSON.parse(line)).toMatchObject({
    httpRequest: { requestUrl: '/a?b="c"', status: 200, latency: '0.25s', serverIp: '10.0.0.1' },
    traceId: 'abc',
  })
})
