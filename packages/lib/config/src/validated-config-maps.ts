import { parseAutoscalerConfig } from './autoscaler-config.ts'
import { parseCertManagerConfig } from './certificate-config.ts'
import type { ConfigParser } from './config-store.ts'
import { parseDefaultsConfig } from './defaults-config.ts'
import { parseDeploymentConfig } from './deployment-config.ts'
import { parseDomainConfig } from './domain-config.ts'
import { parseFeaturesConfig } from './features-config.ts'
import { parseGCConfig } from './gc-config.ts'
import { parseLeaderElectionConfig } from './leader-election-config.ts'
import { parseLoggingConfig } from './logging-config.ts'
import { parseNetworkConfig } from './network-config.ts'
import { parseObservabilityConfig } from './observability-config.ts'

/** Names of the ConfigMaps that a deployment may rename through its environment. */
export interface ConfigMapNames {
  readonly logging: string
  readonly observability: string
  readonly leaderElection: string
}

/** The names from `CONFIG_LOGGING_NAME`, `CONFIG_OBSERVABILITY_NAME` and `CONFIG_LEADERELECTION_NAME`. */
export function configMapNames(env: Readonly<Record<string, string | undefined>>): ConfigMapNames {
  return {
    logging: env['CONFIG_LOGGING_NAME'] || 'config-logging',
    observability: env['CONFIG_OBSERVABILITY_NAME'] || 'config-observability',
    leaderElection: env['CONFIG_LEADERELECTION_NAME'] || 'config-leader-election',
  }
}

/** Every ConfigMap whose changes are checked before they are stored, with its parser. */
export function validatedConfigMaps(
  names: ConfigMapNames,
  clusterDomain: string,
): ReadonlyMap<string, ConfigParser<unknown>> {
  return new Map<string, ConfigParser<unknown>>([
    ['config-autoscaler', parseAutoscalerConfig],
    ['config-certmanager', parseCertManagerConfig],
    ['config-defaults', parseDefaultsConfig],
    ['config-deployment', parseDeploymentConfig],
    ['config-domain', parseDomainConfig(clusterDomain)],
    ['config-features', parseFeaturesConfig],
    ['config-gc', parseGCConfig],
    ['config-network', parseNetworkConfig],
    [names.leaderElection, parseLeaderElectionConfig],
    [names.logging, parseLoggingConfig],
    [names.observability, parseObservabilityConfig],
  ])
}
