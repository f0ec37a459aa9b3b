import { describe, expect, test } from '@jest/globals'
import { parseDeploymentConfig } from './deployment-config.ts'

const image = { 'queue-sidecar-image': 'queue' }

test('defaults', () => {
  expect(parseDeploymentConfig(image)).toEqual({
    queueSidecarImage: 'queue',
    progressDeadlineMs: 600_000,
    digestResolutionTimeoutMs: 10_000,
    registriesSkippingTagResolving: new Set(['kind.local', 'ko.local', 'dev.local']),
    queueSidecarRequests: { cpu: '25m' },
    queueSidecarLimits: {},
    queueSidecarTokenAudiences: [],
    queueSidecarRootCA: '',
    queueSidecarTLSMinVersion: '',
    queueSidecarTLSMaxVersion: '',
    queueSidecarTLSCipherSuites: '',
    queueSidecarTLSCurvePreferences: '',
    defaultAffinityType: 'prefer-spread-revision-over-nodes',
    runtimeClassNames: {},
    podIsAlwaysSchedulable: false,
  })
})

test('legacy spellings are read, kebab keys win', () => {
  const config = parseDeploymentConfig({
    queueSidecarImage: 'old',
    progressDeadline: '5s',
    'progress-deadline': '7s',
    queueSidecarMemoryLimit: '1Gi',
  })
  expect(config).toMatchObject({
    queueSidecarImage: 'old',
    progressDeadlineMs: 7_000,
    queueSidecarLimits: { memory: '1Gi' },
  })
})

test('lists and maps', () => {
  const config = parseDeploymentConfig({
    ...image,
    'registries-skipping-tag-resolving': 'a, b',
    'queue-sidecar-token-audiences': 'x,,y',
    'runtime-class-name': 'gvisor: {selector: {app: web}}\nkata: {}',
    'default-affinity-type': 'none',
  })
  expect(config).toMatchObject({
    registriesSkippingTagResolving: new Set(['a', 'b']),
    queueSidecarTokenAudiences: ['x', 'y'],
    runtimeClassNames: { gvisor: { selector: { app: 'web' } }, kata: { selector: {} } },
    defaultAffinityType: 'none',
  })
})

describe('refuses', () => {
  test.each([
    [{ 'queue-sidecar-image': ' ' }, 'queue-sidecar-image cannot be empty or unset'],
    [{ 'progress-deadline': '0s' }, 'progress-deadline cannot be a non-positive duration, was 0s'],
    [{ 'progress-deadline': '1500ms' }, 'progress-deadline must be rounded to a whole second, was: 1.5s'],
    [
      { 'digest-resolution-timeout': '-1s' },
      'digest-resolution-timeout cannot be a non-positive duration, was -1s',
    ],
    [{ 'default-affinity-type': 'both' }, 'unsupported default-affinity-type value: "both"'],
    [
      { 'runtime-class-name': 'Not_DNS: {}' },
      'failed to parse "runtime-class-name": runtime class "Not_DNS" is not a DNS subdomain',
    ],
    [
      { 'runtime-class-name': 'a: {selector: {x: 1}}' },
      'failed to parse "runtime-class-name": a.selector.x must be text; put the value in quotes',
    ],
    [
      { 'pod-is-always-schedulable': 'maybe' },
      'failed to parse "pod-is-always-schedulable": strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
  ])('%j', (data: Record<string, string>, message) => {
    expect(() => parseDeploymentConfig({ ...image, ...data })).toThrow(
      expect.objectContaining({ message, code: 'CONFIG_VALUE' }),
    )
  })
})
