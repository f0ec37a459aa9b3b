import { describe, expect, test } from '@jest/globals'
import { readEnvironment } from './environment.ts'
import { testVariables } from './testing/test-environment.ts'

describe('readEnvironment', () => {
  test('reads what the controller sets', () => {
    expect(
      readEnvironment(
        testVariables({
          CONTAINER_CONCURRENCY: '10',
          REVISION_IDLE_TIMEOUT_SECONDS: '7',
          AUTOSCALER_STATS_ADDRESS: 'autoscaler:8081',
          SERVING_POD_UID: '0b6c',
          OBSERVABILITY_CONFIG:
            '{"enableRequestLog":true,"requestLogTemplate":"{{.TraceID}}","requestMetrics":{"protocol":"prometheus","endpoint":"127.0.0.3:9191"}}',
        }),
      ),
    ).toMatchObject({
      containerConcurrency: 10,
      servingPort: 8012,
      tlsPort: 8112,
      userPort: 8080,
      requestTimeoutMs: 300_000,
      responseStartTimeoutMs: 0,
      idleTimeoutMs: 7_000,
      probes: [
        {
          action: { kind: 'tcpSocket', host: '127.0.0.1', port: 8080 },
          aggressive: true,
          successThreshold: 1,
        },
      ],
      revision: 'hello-00001',
      statsAddress: 'autoscaler:8081',
      podUid: '0b6c',
      listenAddress: '127.0.0.1',
      observability: {
        enableRequestLog: true,
        requestLogTemplate: '{{.TraceID}}',
        requestMetricsProtocol: 'prometheus',
        metricsHost: '127.0.0.3',
        metricsPort: 9191,
      },
      tls: { minVersion: 'TLSv1.3' },
    })
  })

  test.each([
    'CONTAINER_CONCURRENCY',
    'QUEUE_SERVING_PORT',
    'QUEUE_SERVING_TLS_PORT',
    'USER_PORT',
    'REVISION_TIMEOUT_SECONDS',
    'SERVING_NAMESPACE',
    'SERVING_CONFIGURATION',
    'SERVING_REVISION',
    'SERVING_POD',
    'SERVING_POD_IP',
    'SERVING_LOGGING_CONFIG',
    'SERVING_LOGGING_LEVEL',
  ])('%s is required', (name) => {
    expect(() => readEnvironment(testVariables({ [name]: undefined }))).toThrow(
      expect.objectContaining({
        code: 'ENVIRONMENT_INVALID',
        variable: name,
        message: expect.stringContaining(name),
      }),
    )
  })

  test.each([
    'SERVING_SERVICE',
    'REVISION_RESPONSE_START_TIMEOUT_SECONDS',
    'REVISION_IDLE_TIMEOUT_SECONDS',
    'SERVING_READINESS_PROBE',
    'ENABLE_MULTI_CONTAINER_PROBES',
    'OBSERVABILITY_CONFIG',
    'AUTOSCALER_STATS_ADDRESS',
    'SERVING_POD_UID',
    'LISTEN_ADDRESS',
    'ENABLE_HTTP2_AUTO_DETECTION',
    'ENABLE_HTTP_FULL_DUPLEX',
    'OTEL_SERVICE_NAME',
    'QUEUE_PROXY_TLS_MIN_VERSION',
    'QUEUE_PROXY_TLS_MAX_VERSION',
    'QUEUE_PROXY_TLS_CIPHER_SUITES',
    'QUEUE_PROXY_TLS_CURVE_PREFERENCES',
    'SYSTEM_NAMESPACE',
    'HOST_IP',
    'ROOT_CA',
  ])('%s is optional', (name) => {
    expect(() => readEnvironment(testVariables({ [name]: undefined }))).not.toThrow()
    expect(() => readEnvironment(testVariables({ [name]: '' }))).not.toThrow()
  })

  test.each([
    'SERVING_NAMESPACE',
    'SERVING_CONFIGURATION',
    'SERVING_REVISION',
    'SERVING_POD',
    'SERVING_POD_IP',
    'SERVING_LOGGING_CONFIG',
    'SERVING_LOGGING_LEVEL',
  ])('%s may be empty', (name) => {
    expect(() => readEnvironment(testVariables({ [name]: '' }))).not.toThrow()
  })

  test.each<[string, string, object]>([
    ['QUEUE_SERVING_PORT', '8013', { servingPort: 8013 }],
    ['QUEUE_SERVING_TLS_PORT', '8443', { tlsPort: 8443 }],
    ['USER_PORT', '9999', { userPort: 9999 }],
    ['REVISION_TIMEOUT_SECONDS', '0', { requestTimeoutMs: 0 }],
    ['REVISION_RESPONSE_START_TIMEOUT_SECONDS', '3', { responseStartTimeoutMs: 3000 }],
    ['REVISION_RESPONSE_START_TIMEOUT_SECONDS', '-1', { responseStartTimeoutMs: -1000 }],
    ['REVISION_IDLE_TIMEOUT_SECONDS', '9000000', { idleTimeoutMs: 9e9 }],
    ['REVISION_RESPONSE_START_TIMEOUT_SECONDS', '', { responseStartTimeoutMs: 0 }],
    ['REVISION_IDLE_TIMEOUT_SECONDS', '', { idleTimeoutMs: 0 }],
    ['SERVING_READINESS_PROBE', '', { probes: [] }],
    ['ENABLE_HTTP2_AUTO_DETECTION', 'true', { http2AutoDetection: true }],
    ['ENABLE_HTTP2_AUTO_DETECTION', '', { http2AutoDetection: false }],
    ['SERVING_NAMESPACE', 'ns', { namespace: 'ns' }],
    ['SERVING_SERVICE', '', { service: '' }],
    ['SERVING_SERVICE', 's', { service: 's' }],
    ['SERVING_CONFIGURATION', 'c', { configuration: 'c' }],
    ['SERVING_POD', 'p', { pod: 'p' }],
    ['SERVING_POD_IP', '10.0.0.9', { podIP: '10.0.0.9' }],
    ['SERVING_LOGGING_LEVEL', 'debug', { loggingLevel: 'debug' }],
    ['OTEL_SERVICE_NAME', 'mine', { otelServiceName: 'mine' }],
    ['OTEL_SERVICE_NAME', '', { otelServiceName: '' }],
    ['LISTEN_ADDRESS', '', { listenAddress: undefined }],
    ['AUTOSCALER_STATS_ADDRESS', '', { statsAddress: undefined }],
    ['QUEUE_PROXY_TLS_MIN_VERSION', '1.2', { tls: { minVersion: 'TLSv1.2' } }],
    ['QUEUE_PROXY_TLS_MAX_VERSION', '1.3', { tls: { maxVersion: 'TLSv1.3' } }],
    ['QUEUE_PROXY_TLS_CURVE_PREFERENCES', 'CurveP384', { tls: { ecdhCurve: 'P-384' } }],
  ])('%s=%s', (name, value, expected) => {
    expect(readEnvironment(testVariables({ [name]: value }))).toMatchObject(expected)
  })

  const offAndDefault = {
    requestMetricsProtocol: 'none',
    metricsHost: undefined,
    metricsPort: 9091,
    requestLogTemplate: '',
    enableRequestLog: false,
    enableProbeRequestLog: false,
  }
  test.each<[string, object]>([
    ['', {}],
    ['{}', {}],
    ['{"tracing":{"protocol":"grpc","endpoint":"a:1","samplingRate":1}}', {}],
    ['{"metrics":{"protocol":"prometheus","endpoint":"a:1","exportInterval":1000000000}}', {}],
    ['{"runtime":{"profiling":"disabled","exportInterval":15000000000}}', {}],
    ['{"requestMetrics":{"protocol":"none"}}', {}],
    ['{"requestMetrics":{"protocol":"prometheus"}}', { requestMetricsProtocol: 'prometheus' }],
    ['{"requestMetrics":{"protocol":"grpc","endpoint":"a:1"}}', { requestMetricsProtocol: 'grpc' }],
    [
      '{"requestMetrics":{"protocol":"http/protobuf","endpoint":"a:1"}}',
      { requestMetricsProtocol: 'http/protobuf' },
    ],
    [
      '{"enableRequestLog":true,"requestLogTemplate":"x"}',
      { enableRequestLog: true, requestLogTemplate: 'x' },
    ],
    ['{"enableProbeRequestLog":true}', { enableProbeRequestLog: true }],
    ['{"EnableVarLogCollection":true,"LoggingURLTemplate":"http://x"}', {}],
  ])('OBSERVABILITY_CONFIG=%s', (json, expected) => {
    expect(readEnvironment(testVariables({ OBSERVABILITY_CONFIG: json })).observability).toEqual({
      ...offAndDefault,
      ...expected,
    })
  })

  test.each([
    ['[::1]:9191', '::1'],
    ['[::]:9191', '::'],
    [':9191', undefined],
    ['localhost:9191', 'localhost'],
  ])('metrics are served at the endpoint %s', (endpoint, metricsHost) => {
    const requestMetrics = { protocol: 'prometheus', endpoint }
    const { observability } = readEnvironment(
      testVariables({ OBSERVABILITY_CONFIG: JSON.stringify({ requestMetrics }) }),
    )
    expect(observability).toMatchObject({ metricsHost, metricsPort: 9191 })
  })

  test('variables say where metrics are served, whatever the configuration says', () => {
    const { observability } = readEnvironment(
      testVariables({
        OBSERVABILITY_CONFIG: '{"requestMetrics":{"protocol":"prometheus","endpoint":"127.0.0.3:9191"}}',
        METRICS_PROMETHEUS_HOST: '127.0.0.4',
        METRICS_PROMETHEUS_PORT: '9292',
      }),
    )
    expect(observability).toMatchObject({ metricsHost: '127.0.0.4', metricsPort: 9292 })
  })

  test.each([
    ['CONTAINER_CONCURRENCY', 'many', 'ENVIRONMENT_INVALID'],
    ['CONTAINER_CONCURRENCY', '-1', 'ENVIRONMENT_INVALID'],
    ['USER_PORT', '0', 'ENVIRONMENT_INVALID'],
    ['USER_PORT', '65536', 'ENVIRONMENT_INVALID'],
    ['REVISION_TIMEOUT_SECONDS', '1.5', 'ENVIRONMENT_INVALID'],
    ['ENABLE_HTTP2_AUTO_DETECTION', 'yes', 'ENVIRONMENT_INVALID'],
    ['ENABLE_MULTI_CONTAINER_PROBES', 'on', 'ENVIRONMENT_INVALID'],
    ['USER_PORT', '', 'ENVIRONMENT_INVALID'],
    ['SERVING_READINESS_PROBE', '{', 'ENVIRONMENT_INVALID'],
    ['SERVING_READINESS_PROBE', '[]', 'ENVIRONMENT_INVALID'],
    ['SERVING_READINESS_PROBE', 'null', 'ENVIRONMENT_INVALID'],
    ['SERVING_READINESS_PROBE', '{"tcpSocket":{"port":"web"}}', 'ENVIRONMENT_INVALID'],
    ['SERVING_READINESS_PROBE', '{"periodSeconds":-1,"tcpSocket":{"port":1}}', 'ENVIRONMENT_INVALID'],
    ['OBSERVABILITY_CONFIG', 'x', 'ENVIRONMENT_INVALID'],
    ['OBSERVABILITY_CONFIG', '{"requestMetrics":{"protocol":"carbon"}}', 'ENVIRONMENT_INVALID'],
    ['METRICS_PROMETHEUS_PORT', '99999', 'ENVIRONMENT_INVALID'],
    ['PROFILING_PORT', 'pprof', 'ENVIRONMENT_INVALID'],
    ['QUEUE_PROXY_TLS_MIN_VERSION', '1.1', 'TLS_SETTING_INVALID'],
    ['QUEUE_PROXY_TLS_CIPHER_SUITES', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,RC4', 'TLS_SETTING_INVALID'],
  ])('%s=%s is refused by name', (variable, value, code) => {
    const profiling = variable === 'PROFILING_PORT' && {
      OBSERVABILITY_CONFIG: '{"runtime":{"profiling":"enabled"}}',
    }
    expect(() => readEnvironment(testVariables({ ...profiling, [variable]: value }))).toThrow(
      expect.objectContaining({ variable, code, message: expect.stringContaining(variable) }),
    )
  })

  const port = 8080
  test.each([
    ['', false, []],
    [
      '{"httpGet":{"path":"query?probe=ok","port":8080,"host":"127.0.0.1","scheme":"HTTP","httpHeaders":[{"name":"A","value":"b"}]},"periodSeconds":1,"timeoutSeconds":3}',
      false,
      [
        {
          action: {
            kind: 'httpGet',
            scheme: 'HTTP',
            host: '127.0.0.1',
            port,
            target: '/query?probe=ok',
            headers: ['A', 'b'],
          },
          aggressive: false,
          timeoutMs: 3000,
          successThreshold: 1,
          patienceMs: 1500,
        },
      ],
    ],
    [
      '[{"tcpSocket":{"port":8080}},{"grpc":{"port":8080,"service":"s"},"successThreshold":3}]',
      true,
      [
        {
          action: { kind: 'tcpSocket', host: '127.0.0.1', port },
          aggressive: true,
          timeoutMs: 1000,
          successThreshold: 1,
          patienceMs: 0,
        },
        {
          action: { kind: 'grpc', port, service: 's' },
          aggressive: true,
          timeoutMs: 1000,
          successThreshold: 3,
          patienceMs: 0,
        },
      ],
    ],
    [
      '[null,{"tcpSocket":{"port":"8080","host":"::1"},"timeoutSeconds":0}]',
      true,
      [
        {
          action: { kind: 'tcpSocket', host: '::1', port },
          aggressive: true,
          timeoutMs: 1000,
          successThreshold: 1,
          patienceMs: 0,
        },
      ],
    ],
    ['[null]', true, []],
    [
      '{"exec":{"command":["x"]}}',
      false,
      [
        {
          action: { kind: 'impossible', reason: 'exec probe not supported' },
          aggressive: true,
          timeoutMs: 1000,
          successThreshold: 1,
          patienceMs: 0,
        },
      ],
    ],
    [
      '{"successThreshold":1}',
      false,
      [
        {
          action: { kind: 'impossible', reason: 'no probe found' },
          aggressive: true,
          timeoutMs: 1000,
          successThreshold: 1,
          patienceMs: 0,
        },
      ],
    ],
  ])('probe %s', (json, many, probes) => {
    const variables = testVariables({
      SERVING_READINESS_PROBE: json,
      ENABLE_MULTI_CONTAINER_PROBES: String(many),
    })
    expect(readEnvironment(variables).probes).toEqual(probes)
  })
})
