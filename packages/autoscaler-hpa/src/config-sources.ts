import {
  type ConfigSources,
  configMapNames,
  parseAutoscalerConfig,
  parseLeaderElectionConfig,
  parseLoggingConfig,
  parseObservabilityConfig,
} from '@knative-ts/config'

/** The ConfigMaps of the system namespace that this process reads. */
export function configSources(env: Readonly<Record<string, string | undefined>>) {
  const names = configMapNames(env)
  return {
    autoscaler: { name: 'config-autoscaler', parse: parseAutoscalerConfig },
    logging: { name: names.logging, parse: parseLoggingConfig, whenAbsent: {} },
    observability: { name: names.observability, parse: parseObservabilityConfig, whenAbsent: {} },
    leaderElection: { name: names.leaderElection, parse: parseLeaderElectionConfig, whenAbsent: {} },
  } satisfies ConfigSources
}
