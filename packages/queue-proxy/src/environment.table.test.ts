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
  ])('%s is optional', (name) => {
    expect(() => readEnvironment(testVariables({ [name]: undefined }))).not.toThrow()
    expect(() => readEnvironment(testVariables({ [name]: '' }))).not.toThrow()
  })

  test.each([
    ['CONTAINER_CONCURRENCY', 'many', 'ENVIRONMENT_INVALID'],
    ['CONTAINER_CONCURRENCY', '-1', 'ENVIRONMENT_INVALID'],
    ['USER_PORT', '0', 'ENVIRONMENT_INVALID'],
    ['USER_PORT', '65536', 'ENVIRONMENT_INVALID'],
    ['REVISION_TIMEOUT_SECONDS', '1.5', 'ENVIRONMENT_INVALID'],
    ['ENABLE_HTTP2_AUTO_DETECTION', 'yes', 'ENVIRONMENT_INVALID'],
    ['SERVING_READINESS_PROBE', '{', 'ENVIRONMENT_INVALID'],
    ['SERVING_READINESS_PROBE', '[]', 'ENVIRONMENT_INVALID'],
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
        },
        {
          action: { kind: 'grpc', port, service: 's' },
          aggressive: true,
          timeoutMs: 1000,
          successThreshold: 3,
        },
      ],
    ],
    [
      '{"exec":{"command":["x"]}}',
      false,
      [
        {
          action: { kind: 'impossible', reason: 'exec probe not supported' },
          aggressive: true,
          timeoutMs: 1000,
          successThreshold: 1,
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
