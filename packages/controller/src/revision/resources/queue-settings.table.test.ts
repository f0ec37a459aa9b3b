import { describe, expect, test } from '@jest/globals'
import {
  httpFullDuplexAnnotationKey,
  queueProxyPodInfoAnnotationKey,
  type Revision,
  serviceLabelKey,
} from '@knative-ts/apis'
import { type ConfigData, testConfig } from '../../testing/config.ts'
import { testInstallation, testRevision } from '../testing/revision-fixtures.ts'
import { makeAddedVolumes } from './added-volumes.ts'
import { makeQueueEnv } from './queue-env.ts'

type Change = (revision: Revision) => void

const asIs: Change = () => {}

const annotated =
  (key: string, value: string): Change =>
  ({ metadata }) => {
    metadata.annotations = { [key]: value }
  }

function variable(name: string, config: ConfigData = {}, change?: Change): string | undefined {
  const env = makeQueueEnv(testRevision(change), testConfig(config), testInstallation)
  return env.find((candidate) => candidate.name === name)?.value
}

describe('the queue-proxy is told', () => {
  test.each<[string, string, string, ConfigData, Change]>([
    ['no full duplex', 'ENABLE_HTTP_FULL_DUPLEX', 'false', {}, asIs],
    [
      'full duplex, in any case',
      'ENABLE_HTTP_FULL_DUPLEX',
      'true',
      {},
      annotated(httpFullDuplexAnnotationKey, 'eNabled'),
    ],
    [
      'no full duplex by another word',
      'ENABLE_HTTP_FULL_DUPLEX',
      'false',
      {},
      annotated(httpFullDuplexAnnotationKey, 'true'),
    ],
    [
      'HTTP/2 detection',
      'ENABLE_HTTP2_AUTO_DETECTION',
      'true',
      { features: { 'autodetect-http2': 'enabled' } },
      asIs,
    ],
    [
      'no HTTP/2 detection where it is merely allowed',
      'ENABLE_HTTP2_AUTO_DETECTION',
      'false',
      { features: { 'autodetect-http2': 'allowed' } },
      asIs,
    ],
    [
      'to probe all containers',
      'ENABLE_MULTI_CONTAINER_PROBES',
      'true',
      { features: { 'multi-container-probing': 'enabled' } },
      asIs,
    ],
    [
      'to probe only the one that serves where more is merely allowed',
      'ENABLE_MULTI_CONTAINER_PROBES',
      'false',
      { features: { 'multi-container-probing': 'allowed' } },
      asIs,
    ],
    [
      'no Service',
      'SERVING_SERVICE',
      '',
      {},
      ({ metadata }) => {
        delete metadata.labels?.[serviceLabelKey]
      },
    ],
    [
      'no time limits',
      'REVISION_RESPONSE_START_TIMEOUT_SECONDS',
      '0',
      {},
      ({ spec }) => {
        delete spec.responseStartTimeoutSeconds
      },
    ],
    [
      'the level of its log',
      'SERVING_LOGGING_LEVEL',
      'warn',
      { logging: { 'loglevel.queueproxy': 'warn' } },
      asIs,
    ],
    [
      'the least TLS',
      'QUEUE_PROXY_TLS_MIN_VERSION',
      '1.2',
      { deployment: { 'queue-sidecar-tls-min-version': '1.2' } },
      asIs,
    ],
    [
      'the most TLS',
      'QUEUE_PROXY_TLS_MAX_VERSION',
      '1.3',
      { deployment: { 'queue-sidecar-tls-max-version': '1.3' } },
      asIs,
    ],
    [
      'cipher suites',
      'QUEUE_PROXY_TLS_CIPHER_SUITES',
      'TLS_AES_128_GCM_SHA256',
      { deployment: { 'queue-sidecar-tls-cipher-suites': 'TLS_AES_128_GCM_SHA256' } },
      asIs,
    ],
    [
      'curves',
      'QUEUE_PROXY_TLS_CURVE_PREFERENCES',
      'X25519',
      { deployment: { 'queue-sidecar-tls-curve-preferences': 'X25519' } },
      asIs,
    ],
  ])('%s', (_, name, expected, config, change) => {
    expect(variable(name, config, change)).toBe(expected)
  })
})

describe('the pod’s annotations are mounted', () => {
  const flag = (value: string): ConfigData => ({ features: { 'queueproxy.mount-podinfo': value } })
  const asked = annotated(queueProxyPodInfoAnnotationKey, 'enabled')

  test.each<[string, ConfigData, Change, boolean]>([
    ['by default', {}, asIs, false],
    ['by default, though asked for', {}, asked, false],
    ['where allowed and asked for', flag('allowed'), asked, true],
    ['where allowed', flag('allowed'), asIs, false],
    [
      'where allowed and declined',
      flag('allowed'),
      annotated(queueProxyPodInfoAnnotationKey, 'disabled'),
      false,
    ],
    ['where always', flag('enabled'), asIs, true],
  ])('%s', (_, config, change, mounted) => {
    const { volumes, queueMounts } = makeAddedVolumes(testRevision(change), testConfig(config))
    expect(volumes.map(({ name }) => name)).toEqual(mounted ? ['pod-info'] : [])
    expect(queueMounts.map(({ mountPath }) => mountPath)).toEqual(mounted ? ['/etc/podinfo'] : [])
  })
})
