import {
  type ConfigSource,
  configMapNames,
  type LeaderElectionConfig,
  parseAutoscalerConfig,
  parseDefaultsConfig,
  parseDeploymentConfig,
  parseDomainConfig,
  parseFeaturesConfig,
  parseGCConfig,
  parseLeaderElectionConfig,
  parseLoggingConfig,
  parseNetworkConfig,
  parseObservabilityConfig,
} from '@knative-ts/config'
import type { ControllerConfig } from './dependencies.ts'

type Sources = { [K in keyof ControllerConfig]: ConfigSource<ControllerConfig[K]> } & {
  leaderElection: ConfigSource<LeaderElectionConfig>
}

/** The ConfigMaps of the system namespace that this process reads; all but one must exist at start. */
export function configSources(
  env: Readonly<Record<string, string | undefined>>,
  clusterDomain: string,
): Sources {
  const names = configMapNames(env)
  return {
    autoscaler: { name: 'config-autoscaler', parse: parseAutoscalerConfig },
    defaults: { name: 'config-defaults', parse: parseDefaultsConfig },
    deployment: { name: 'config-deployment', parse: parseDeploymentConfig },
    domain: { name: 'config-domain', parse: parseDomainConfig(clusterDomain) },
    features: { name: 'config-features', parse: parseFeaturesConfig },
    gc: { name: 'config-gc', parse: parseGCConfig },
    logging: { name: names.logging, parse: parseLoggingConfig },
    network: { name: 'config-network', parse: parseNetworkConfig },
    observability: { name: names.observability, parse: parseObservabilityConfig },
    leaderElection: { name: names.leaderElection, parse: parseLeaderElectionConfig, whenAbsent: {} },
  }
}
