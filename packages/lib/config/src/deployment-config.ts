import { formatDuration, nsPerSecond } from '@knative-ts/apis'
import { ConfigValues, toMs } from './config-values.ts'
import { ConfigValueError } from './errors.ts'
import { parseSelectorMap } from './selector-map.ts'
import type { DeploymentConfig, ResourceName } from './types.ts'

/** Legacy spellings of the sidecar's resource keys that have one. */
const legacyResourceKeys: Readonly<Record<string, string>> = {
  'cpu-request': 'queueSidecarCPURequest',
  'cpu-limit': 'queueSidecarCPULimit',
  'memory-request': 'queueSidecarMemoryRequest',
  'memory-limit': 'queueSidecarMemoryLimit',
  'ephemeral-storage-request': 'queueSidecarEphemeralStorageRequest',
  'ephemeral-storage-limit': 'queueSidecarEphemeralStorageLimit',
}

const defaultSkippedRegistries = ['kind.local', 'ko.local', 'dev.local']
const dnsSubdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/** Parses `config-deployment`. @throws ConfigValueError for the first fault */
export function parseDeploymentConfig(data: Readonly<Record<string, string>>): DeploymentConfig {
  const values = new ConfigValues(data)
  const queueSidecarImage = values.text(['queueSidecarImage', 'queue-sidecar-image'], '')
  const progressDeadlineNs = values.duration(['progressDeadline', 'progress-deadline'], 600n * nsPerSecond)
  const digestResolutionTimeoutNs = values.duration(
    ['digestResolutionTimeout', 'digest-resolution-timeout'],
    10n * nsPerSecond,
  )
  const skipped = values.list(
    ['registriesSkippingTagResolving', 'registries-skipping-tag-resolving'],
    defaultSkippedRegistries,
  )
  const queueSidecarRequests = values.quantities(sidecarKeys('request'), { cpu: '25m' })
  const queueSidecarLimits = values.quantities(sidecarKeys('limit'))
  const podIsAlwaysSchedulable = values.bool('pod-is-always-schedulable', false)
  const audiences = values.list('queue-sidecar-token-audiences', [])
  const runtimeClassNames = values.parsed('runtime-class-name', {}, runtimeClasses)
  const affinity = values.text('default-affinity-type', 'prefer-spread-revision-over-nodes')

  if (queueSidecarImage === '') throw new ConfigValueError('queue-sidecar-image cannot be empty or unset')
  if (progressDeadlineNs <= 0n) {
    throw new ConfigValueError(
      `progress-deadline cannot be a non-positive duration, was ${formatDuration(progressDeadlineNs)}`,
    )
  }
  if (progressDeadlineNs % nsPerSecond !== 0n) {
    throw new ConfigValueError(
      `progress-deadline must be rounded to a whole second, was: ${formatDuration(progressDeadlineNs)}`,
    )
  }
  if (digestResolutionTimeoutNs <= 0n) {
    throw new ConfigValueError(
      `digest-resolution-timeout cannot be a non-positive duration, was ${formatDuration(digestResolutionTimeoutNs)}`,
    )
  }
  if (affinity !== 'none' && affinity !== 'prefer-spread-revision-over-nodes') {
    throw new ConfigValueError(`unsupported default-affinity-type value: "${affinity}"`)
  }
  return {
    queueSidecarImage,
    progressDeadlineMs: toMs(progressDeadlineNs),
    digestResolutionTimeoutMs: toMs(digestResolutionTimeoutNs),
    registriesSkippingTagResolving: new Set(skipped),
    queueSidecarRequests,
    queueSidecarLimits,
    queueSidecarTokenAudiences: audiences.filter((audience) => audience !== ''),
    queueSidecarRootCA: values.text('queue-sidecar-rootca', ''),
    queueSidecarTLSMinVersion: values.text('queue-sidecar-tls-min-version', ''),
    queueSidecarTLSMaxVersion: values.text('queue-sidecar-tls-max-version', ''),
    queueSidecarTLSCipherSuites: values.text('queue-sidecar-tls-cipher-suites', ''),
    queueSidecarTLSCurvePreferences: values.text('queue-sidecar-tls-curve-preferences', ''),
    defaultAffinityType: affinity,
    runtimeClassNames,
    podIsAlwaysSchedulable,
  }
}

function sidecarKeys(bound: 'request' | 'limit'): (resource: ResourceName) => readonly string[] {
  return (resource) => {
    const legacy = legacyResourceKeys[`${resource}-${bound}`]
    return [...(legacy ? [legacy] : []), `queue-sidecar-${resource}-${bound}`]
  }
}

function runtimeClasses(text: string): DeploymentConfig['runtimeClassNames'] {
  const classes = parseSelectorMap(text)
  for (const name of Object.keys(classes)) {
    if (name.length > 253 || !dnsSubdomain.test(name)) {
      throw new ConfigValueError(`runtime class "${name}" is not a DNS subdomain`)
    }
  }
  return classes
}
