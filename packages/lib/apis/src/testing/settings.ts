import type {
  ApiSettings,
  DefaultsSettings,
  FeatureFlag,
  FeatureName,
  SecurePodDefaults,
} from '../serving/settings.ts'

const on: ReadonlySet<string> = new Set(['multi-container', 'kubernetes.podspec-volumes-emptydir'])

/** Built-in settings with some of them changed, for tests that do not parse ConfigMaps. */
export function testSettings(
  changes: {
    defaults?: Partial<DefaultsSettings>
    flags?: Partial<Record<FeatureName, FeatureFlag>>
    securePodDefaults?: SecurePodDefaults
    autoscaler?: Partial<ApiSettings['autoscaler']>
  } = {},
): ApiSettings {
  const flags = new Proxy({ ...changes.flags } as Record<FeatureName, FeatureFlag>, {
    get: (given, name: string): FeatureFlag =>
      given[name as FeatureName] ?? (on.has(name) ? 'Enabled' : 'Disabled'),
  })
  return {
    defaults: {
      revisionTimeoutSeconds: 300,
      maxRevisionTimeoutSeconds: 600,
      revisionResponseStartTimeoutSeconds: 300,
      revisionIdleTimeoutSeconds: 0,
      revisionRequests: {},
      revisionLimits: {},
      containerConcurrency: 0,
      containerConcurrencyMaxLimit: 1000,
      allowContainerConcurrencyZero: true,
      enableServiceLinks: false,
      containerName: () => 'user-container',
      initContainerName: () => 'init-container',
      ...changes.defaults,
    },
    features: { flags, securePodDefaults: changes.securePodDefaults ?? 'Disabled' },
    autoscaler: {
      podAutoscalerClass: 'kpa.autoscaling.knative.dev',
      allowZeroInitialScale: false,
      maxScaleLimit: 0,
      ...changes.autoscaler,
    },
  }
}
