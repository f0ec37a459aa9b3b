import { expect, test } from '@jest/globals'
import { listenAddressFrom } from '@knative-ts/observability'
import { readEnvironment } from './environment.ts'

const required = { POD_NAME: 'activator-1', POD_IP: '10.0.0.5', SYSTEM_NAMESPACE: 'knative-serving' }

test('defaults', () => {
  expect(readEnvironment(required, 'cluster.local')).toEqual({
    podName: 'activator-1',
    podIP: '10.0.0.5',
    systemNamespace: 'knative-serving',
    clusterDomain: 'cluster.local',
    listenAddress: listenAddressFrom({}),
    profilingPort: 8008,
    statsAddress: 'autoscaler.knative-serving.svc.cluster.local:8081',
    maxIdleProxyConns: 1000,
    maxIdleProxyConnsPerHost: 100,
    probeTimeoutMs: 300,
    probeFrequencyMs: 200,
    loggingConfigName: 'config-logging',
    observabilityConfigName: 'config-observability',
  })
})

test.each([
  ['LISTEN_ADDRESS', '127.1.2.3', { listenAddress: '127.1.2.3' }],
  ['PROFILING_PORT', '18008', { profilingPort: 18008 }],
  ['AUTOSCALER_STATS_ADDRESS', '127.1.2.4:8081', { statsAddress: '127.1.2.4:8081' }],
  ['MAX_IDLE_PROXY_CONNS', '7', { maxIdleProxyConns: 7 }],
  ['MAX_IDLE_PROXY_CONNS_PER_HOST', '3', { maxIdleProxyConnsPerHost: 3 }],
  ['PROBE_TIMEOUT', '1.5s', { probeTimeoutMs: 1500 }],
  ['PROBE_FREQUENCY', '50ms', { probeFrequencyMs: 50 }],
  ['CONFIG_LOGGING_NAME', 'my-logging', { loggingConfigName: 'my-logging' }],
  ['CONFIG_OBSERVABILITY_NAME', 'my-observability', { observabilityConfigName: 'my-observability' }],
])('%s=%s', (name, value, expected) => {
  expect(readEnvironment({ ...required, [name]: value }, 'cluster.local')).toMatchObject(expected)
})

test('the stats address lies in the cluster domain', () => {
  expect(readEnvironment(required, 'corp.test')).toMatchObject({
    clusterDomain: 'corp.test',
    statsAddress: 'autoscaler.knative-serving.svc.corp.test:8081',
  })
})

test.each([
  ['POD_NAME', undefined, 'POD_NAME is not set; the Deployment sets it from metadata.name'],
  ['POD_IP', '', 'POD_IP is not set; the Deployment sets it from status.podIP'],
  [
    'SYSTEM_NAMESPACE',
    undefined,
    'SYSTEM_NAMESPACE is not set; the Deployment sets it from metadata.namespace',
  ],
  ['MAX_IDLE_PROXY_CONNS', 'many', 'MAX_IDLE_PROXY_CONNS is "many", not a whole number'],
  ['PROBE_TIMEOUT', '300', 'PROBE_TIMEOUT is "300", not a positive duration such as 300ms'],
  ['PROBE_FREQUENCY', '0s', 'PROBE_FREQUENCY is "0s", not a positive duration such as 300ms'],
])('%s=%p is refused', (name, value, message) => {
  expect(() => readEnvironment({ ...required, [name]: value }, 'cluster.local')).toThrow(
    `environment variable ${message}`,
  )
})
