import type { FeatureFlag, FeatureName, FeaturesConfig, SecurePodDefaults } from './types.ts'

/** Every feature with its built-in value. */
const featureDefaults: Readonly<Record<FeatureName, FeatureFlag>> = {
  'multi-container': 'Enabled',
  'multi-container-probing': 'Disabled',
  'autodetect-http2': 'Disabled',
  'tag-header-based-routing': 'Disabled',
  'queueproxy.mount-podinfo': 'Disabled',
  'queueproxy.resource-defaults': 'Disabled',
  'kubernetes.containerspec-addcapabilities': 'Disabled',
  'kubernetes.podspec-affinity': 'Disabled',
  'kubernetes.podspec-topologyspreadconstraints': 'Disabled',
  'kubernetes.podspec-hostaliases': 'Disabled',
  'kubernetes.podspec-nodeselector': 'Disabled',
  'kubernetes.podspec-tolerations': 'Disabled',
  'kubernetes.podspec-fieldref': 'Disabled',
  'kubernetes.podspec-runtimeclassname': 'Disabled',
  'kubernetes.podspec-dnspolicy': 'Disabled',
  'kubernetes.podspec-dnsconfig': 'Disabled',
  'kubernetes.podspec-securitycontext': 'Disabled',
  'kubernetes.podspec-shareprocessnamespace': 'Disabled',
  'kubernetes.podspec-hostipc': 'Disabled',
  'kubernetes.podspec-hostpid': 'Disabled',
  'kubernetes.podspec-hostnetwork': 'Disabled',
  'kubernetes.podspec-priorityclassname': 'Disabled',
  'kubernetes.podspec-schedulername': 'Disabled',
  'kubernetes.podspec-init-containers': 'Disabled',
  'kubernetes.podspec-persistent-volume-claim': 'Disabled',
  'kubernetes.podspec-persistent-volume-write': 'Disabled',
  'kubernetes.podspec-volumes-emptydir': 'Enabled',
  'kubernetes.podspec-volumes-hostpath': 'Disabled',
  'kubernetes.podspec-volumes-csi': 'Disabled',
  'kubernetes.podspec-volumes-ephemeral': 'Disabled',
  'kubernetes.podspec-volumes-image': 'Disabled',
  'kubernetes.podspec-volumes-mount-propagation': 'Disabled',
}

const flagValues: readonly FeatureFlag[] = ['Enabled', 'Allowed', 'Disabled']
const securePodDefaultsValues: readonly SecurePodDefaults[] = ['Disabled', 'AllowRootBounded', 'Enabled']

/** Parses `config-features`. Values are matched without regard to case; unknown ones leave the default. */
export function parseFeaturesConfig(data: Readonly<Record<string, string>>): FeaturesConfig {
  const flags = { ...featureDefaults }
  for (const name of Object.keys(featureDefaults) as FeatureName[]) {
    flags[name] = oneOf(flagValues, data[name]) ?? featureDefaults[name]
  }
  return {
    flags,
    securePodDefaults: oneOf(securePodDefaultsValues, data['secure-pod-defaults']) ?? 'Disabled',
  }
}

function oneOf<T extends string>(values: readonly T[], text: string | undefined): T | undefined {
  const lower = text?.toLowerCase()
  return values.find((value) => value.toLowerCase() === lower)
}
