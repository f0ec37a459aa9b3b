import {
  type ConfigSource,
  type ConfigSources,
  configMapNames,
  parseAutoscalerConfig,
  parseDeploymentConfig,
  parseLeaderElectionConfig,
  parseLoggingConfig,
  parseNetworkConfig,
  parseObservabilityConfig,
} from '@knative-ts/config'

/** The ConfigMaps that the autoscaler reads. */
export function configSources(env: Readonly<Record<string, string | undefined>>) {
  const names = configMapNames(env)
  return {
    autoscaler: source('config-autoscaler', parseAutoscalerConfig),
    deployment: source('config-deployment', parseDeploymentConfig),
    network: source('config-network', parseNetworkConfig),
    logging: { ...source(names.logging, parseLoggingConfig), whenAbsent: {} },
    observability: { ...source(names.observability, parseObservabilityConfig), whenAbsent: {} },
    leaderElection: { ...source(names.leaderElection, parseLeaderElectionConfig), whenAbsent: {} },
  } satisfies ConfigSources
}

function source<T>(name: string, parse: ConfigSource<T>['parse']): ConfigSource<T> {
  return { name, parse }
}
