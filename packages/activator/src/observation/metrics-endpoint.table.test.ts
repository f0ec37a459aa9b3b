import { expect, test } from '@jest/globals'
import { metricsEndpoint } from './metrics-endpoint.ts'

test.each([
  ['nothing said', '', {}, '10.0.0.5', 9090],
  ['the ConfigMap', '127.0.0.1:9191', {}, '127.0.0.1', 9191],
  ['the ConfigMap, port only', ':9191', {}, '10.0.0.5', 9191],
  ['an IPv6 address', '[::1]:9191', {}, '::1', 9191],
  [
    'the environment wins',
    '127.0.0.1:9191',
    { METRICS_PROMETHEUS_HOST: '127.0.0.2', METRICS_PROMETHEUS_PORT: '9292' },
    '127.0.0.2',
    9292,
  ],
])('%s', (_, configured, env, host, port) => {
  expect(metricsEndpoint(configured, '10.0.0.5', env)).toEqual({ host, port })
})

test.each(['80', '70000', 'http'])('port %s is refused', (port) => {
  expect(() => metricsEndpoint('', '10.0.0.5', { METRICS_PROMETHEUS_PORT: port })).toThrow(
    `environment variable METRICS_PROMETHEUS_PORT is "${port}", not a port between 1024 and 65535`,
  )
})
