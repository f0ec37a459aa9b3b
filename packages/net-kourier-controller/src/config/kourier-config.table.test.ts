import { describe, expect, test } from '@jest/globals'
import { type KourierConfig, parseKourierConfig } from './kourier-config.ts'

const defaults: KourierConfig = {
  enableServiceAccessLogging: true,
  serviceAccessLogTemplate: '',
  enableProxyProtocol: false,
  clusterCertSecret: '',
  streamIdleTimeoutMs: 0,
  enableCryptoMB: false,
  trustedHopsCount: 0,
  useRemoteAddress: false,
  cipherSuites: [],
  disableEnvoyServerHeader: false,
  listenIPAddresses: ['0.0.0.0'],
  externalCertSecret: undefined,
  externalAuthorization: undefined,
  tracing: undefined,
}

const authz = {
  host: 'authz.test',
  port: 4000,
  protocol: 'grpc' as const,
  failureModeAllow: false,
  maxRequestBodyBytes: 8192,
  timeoutMs: 2000,
  pathPrefix: '',
  packAsBytes: false,
}

const tracing = {
  endpoint: 'http://c.test:4317',
  host: 'c.test',
  port: 4317,
  protocol: 'grpc' as const,
  samplingRate: 1,
  serviceName: 'kourier-knative',
}

const good: [string, Record<string, string>, Partial<KourierConfig>][] = [
  ['nothing', { _example: 'enable-proxy-protocol: "no"' }, {}],
  [
    'all Go booleans',
    { 'enable-proxy-protocol': 'T', 'enable-service-access-logging': '0' },
    { enableProxyProtocol: true, enableServiceAccessLogging: false },
  ],
  [
    'a template as it stands',
    { 'service-access-log-template': ' %PATH%\n' },
    { serviceAccessLogTemplate: ' %PATH%\n' },
  ],
  ['a Go duration', { 'stream-idle-timeout': '1m30.5s' }, { streamIdleTimeoutMs: 90_500 }],
  ['a count', { 'trusted-hops-count': '4294967295' }, { trustedHopsCount: 4_294_967_295 }],
  ['cipher suites', { 'cipher-suites': ' a , b ' }, { cipherSuites: ['a', 'b'] }],
  ['blank cipher suites', { 'cipher-suites': '  ' }, { cipherSuites: [] }],
  [
    'several addresses',
    { 'listen-ip-addresses': '127.0.0.1, ::1' },
    { listenIPAddresses: ['127.0.0.1', '::1'] },
  ],
  ['half a certificate', { 'certs-secret-name': 'n' }, {}],
  [
    'a certificate',
    { 'certs-secret-name': 'n', 'certs-secret-namespace': 'ns' },
    { externalCertSecret: { namespace: 'ns', name: 'n' } },
  ],
  [
    'authorization',
    { 'extauthz-host': 'authz.test:4000', 'extauthz-protocol': 'grpc' },
    { externalAuthorization: authz },
  ],
  [
    'authorization over HTTP',
    {
      'extauthz-host': '[::1]:80',
      'extauthz-protocol': 'http',
      'extauthz-path-prefix': '/check',
      'extauthz-timeout': '5',
      'extauthz-max-request-body-bytes': '1',
      'extauthz-failure-mode-allow': 'true',
    },
    {
      externalAuthorization: {
        ...authz,
        host: '::1',
        port: 80,
        protocol: 'http',
        pathPrefix: '/check',
        timeoutMs: 5,
        maxRequestBodyBytes: 1,
        failureModeAllow: true,
      },
    },
  ],
  ['keys of authorization that is off are not read', { 'extauthz-timeout': 'soon' }, {}],
  ['tracing', { 'tracing-endpoint': 'http://c.test:4317' }, { tracing }],
  [
    'tracing over HTTP',
    {
      'tracing-endpoint': 'http://c.test:4317/v1',
      'tracing-protocol': 'http/protobuf',
      'tracing-sampling-rate': '0.5',
      'tracing-service-name': 'me',
    },
    {
      tracing: {
        ...tracing,
        endpoint: 'http://c.test:4317/v1',
        protocol: 'http/protobuf',
        samplingRate: 0.5,
        serviceName: 'me',
      },
    },
  ],
]

const bad: [string, Record<string, string>, string][] = [
  ['an empty boolean', { 'use-remote-address': '' }, 'failed to parse "use-remote-address"'],
  ['an empty number', { 'trusted-hops-count': '' }, 'failed to parse "trusted-hops-count"'],
  ['too large a number', { 'trusted-hops-count': '4294967296' }, 'failed to parse "trusted-hops-count"'],
  ['an empty duration', { 'stream-idle-timeout': '' }, 'failed to parse "stream-idle-timeout"'],
  ['a negative duration', { 'stream-idle-timeout': '-1s' }, 'failed to parse "stream-idle-timeout"'],
  ['no address', { 'listen-ip-addresses': '' }, 'invalid IP address "" in listen-ip-addresses'],
  [
    'a name',
    { 'listen-ip-addresses': '::,localhost' },
    'invalid IP address "localhost" in listen-ip-addresses',
  ],
  [
    'a host without port',
    { 'extauthz-host': 'a', 'extauthz-protocol': 'grpc' },
    'extauthz-host must be host:port',
  ],
  [
    'a port that is none',
    { 'extauthz-host': 'a:65536', 'extauthz-protocol': 'grpc' },
    'extauthz-host must be host:port',
  ],
  ['no protocol', { 'extauthz-host': 'a:1' }, 'extauthz-protocol must be grpc, http or https'],
  [
    'bytes over HTTP',
    { 'extauthz-host': 'a:1', 'extauthz-protocol': 'http', 'extauthz-pack-as-bytes': 'true' },
    'extauthz-pack-as-bytes needs the protocol grpc',
  ],
  [
    'a collector without port',
    { 'tracing-endpoint': 'http://c.test' },
    'tracing-endpoint must be a URL with a port',
  ],
  [
    'another protocol',
    { 'tracing-endpoint': 'c.test:1', 'tracing-protocol': 'zipkin' },
    'tracing-protocol must be',
  ],
  [
    'a rate above 1',
    { 'tracing-endpoint': 'c.test:1', 'tracing-sampling-rate': '2' },
    'failed to parse "tracing-sampling-rate"',
  ],
]

describe('config-kourier', () => {
  test.each(good)('%s', (_, data, expected) => {
    expect(parseKourierConfig(data)).toEqual({ ...defaults, ...expected })
  })

  test.each(bad)('refuses %s', (_, data, message) => {
    expect(() => parseKourierConfig(data)).toThrow(message)
  })

  test('the environment names a certificate unless the ConfigMap does, be it with nothing', () => {
    const env = { CERTS_SECRET_NAME: 'n', CERTS_SECRET_NAMESPACE: 'ns' }
    expect(parseKourierConfig({}, env).externalCertSecret).toEqual({ namespace: 'ns', name: 'n' })
    expect(parseKourierConfig({ 'certs-secret-name': '' }, env).externalCertSecret).toBeUndefined()
  })

  test('authorization from the environment replaces all of that in the ConfigMap', () => {
    const env = { KOURIER_EXTAUTHZ_HOST: 'env.test:1', KOURIER_EXTAUTHZ_TIMEOUT: '7' }
    const data = {
      'extauthz-host': 'authz.test:4000',
      'extauthz-protocol': 'http',
      'extauthz-path-prefix': '/x',
    }
    expect(parseKourierConfig(data, env).externalAuthorization).toEqual({
      ...authz,
      host: 'env.test',
      port: 1,
      timeoutMs: 7,
    })
    expect(() => parseKourierConfig({}, { KOURIER_EXTAUTHZ_HOST: 'x' })).toThrow(
      'KOURIER_EXTAUTHZ_HOST must be host:port',
    )
  })
})
