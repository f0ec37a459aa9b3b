import { describe, expect, test } from '@jest/globals'
import { parseCertManagerConfig } from './certificate-config.ts'
import { parseGCConfig } from './gc-config.ts'
import { parseLeaderElectionConfig } from './leader-election-config.ts'
import { parseLoggingConfig } from './logging-config.ts'

const hourMs = 3_600_000

describe('config-gc', () => {
  test.each([
    [
      {},
      {
        retainSinceCreateTimeMs: 48 * hourMs,
        retainSinceLastActiveTimeMs: 15 * hourMs,
        minNonActiveRevisions: 20,
        maxNonActiveRevisions: 1000,
      },
    ],
    [{ 'retain-since-create-time': 'Disabled' }, { retainSinceCreateTimeMs: undefined }],
    [{ 'retain-since-create-time': '' }, { retainSinceCreateTimeMs: 48 * hourMs }],
    [{ 'max-non-active-revisions': 'disabled' }, { maxNonActiveRevisions: undefined }],
  ])('%j', (data: Record<string, string>, expected) => expect(parseGCConfig(data)).toMatchObject(expected))
  test.each([
    [
      { 'retain-since-create-time': '-1s' },
      'failed to parse data: failed to parse "retain-since-create-time": must be non-negative',
    ],
    [{ 'min-non-active-revisions': '-1' }, 'min-non-active-revisions must be non-negative, was: -1'],
    [
      { 'max-non-active-revisions': '5' },
      'min-non-active-revisions(20) must be <= max-non-active-revisions(5)',
    ],
  ])('refuses %j', (data: Record<string, string>, message) =>
    expect(() => parseGCConfig(data)).toThrow(message),
  )
})

describe('config-leader-election', () => {
  test.each([
    [
      {},
      {
        buckets: 1,
        leaseDurationMs: 60_000,
        renewDeadlineMs: 40_000,
        retryPeriodMs: 10_000,
        leasePrefixes: {},
      },
    ],
    [
      { leaseDuration: '15s', buckets: '10' },
      { leaseDurationMs: 15_000, buckets: 10 },
    ],
    [{ leaseDuration: '15s', 'lease-duration': '20s' }, { leaseDurationMs: 20_000 }],
    [{ 'map-lease-prefix.webhook.q': 'other' }, { leasePrefixes: { 'webhook.q': 'other' } }],
  ])('%j', (data: Record<string, string>, expected) =>
    expect(parseLeaderElectionConfig(data)).toMatchObject(expected),
  )
  test.each(['0', '11'])('refuses %s buckets', (buckets) => {
    expect(() => parseLeaderElectionConfig({ buckets })).toThrow(
      `buckets: value must be between 1 <= ${buckets} <= 10`,
    )
  })
})

describe('config-logging', () => {
  test.each([
    [{}, { zapLoggerConfig: '', levels: {} }],
    [
      { 'zap-logger-config': '{}', 'loglevel.webhook': 'DEBUG', 'loglevel.x': '' },
      { zapLoggerConfig: '{}', levels: { webhook: 'debug' } },
    ],
  ])('%j', (data: Record<string, string>, expected) => expect(parseLoggingConfig(data)).toEqual(expected))
  test.each(['verbose', 'Debug'])('refuses level %s', (level) => {
    expect(() => parseLoggingConfig({ 'loglevel.webhook': level })).toThrow(`invalid logging level: ${level}`)
  })
})

describe('config-certmanager', () => {
  const standard = { kind: 'ClusterIssuer', name: 'knative-selfsigned-issuer' }
  test('what is given goes over the default', () => {
    expect(parseCertManagerConfig({ issuerRef: 'name: mine' })).toEqual({
      issuerRef: { kind: 'ClusterIssuer', name: 'mine' },
      clusterLocalIssuerRef: standard,
      systemInternalIssuerRef: standard,
    })
  })
  test.each([
    ['- a', 'failed to parse "issuerRef": it must be a map with the keys group, kind and name'],
    ['name: 1', 'failed to parse "issuerRef": name must be text; put the value in quotes'],
  ])('refuses %j', (issuerRef, message) =>
    expect(() => parseCertManagerConfig({ issuerRef })).toThrow(message),
  )
})
