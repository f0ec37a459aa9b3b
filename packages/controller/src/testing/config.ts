import {
  parseAutoscalerConfig,
  parseDefaultsConfig,
  parseDeploymentConfig,
  parseDomainConfig,
  parseFeaturesConfig,
  parseGCConfig,
  parseLoggingConfig,
  parseNetworkConfig,
  parseObservabilityConfig,
} from '@knative-ts/config'
import type { ControllerConfig } from '../dependencies.ts'

type Data = Readonly<Record<string, string>>

/** Data of the ConfigMaps that a test sets, by their names without `config-`. */
export type ConfigData = Partial<Record<keyof ControllerConfig, Data>>

/** The parsed configuration, with some ConfigMaps' data given; `example.com` is the default domain. */
export function testConfig(data: ConfigData = {}): ControllerConfig {
  return {
    autoscaler: parseAutoscalerConfig(data.autoscaler ?? {}),
    defaults: parseDefaultsConfig(data.defaults ?? {}),
    deployment: parseDeploymentConfig({ 'queue-sidecar-image': 'queue', ...data.deployment }),
    domain: parseDomainConfig('cluster.local')(data.domain ?? { 'example.com': '' }),
    features: parseFeaturesConfig(data.features ?? {}),
    gc: parseGCConfig(data.gc ?? {}),
    logging: parseLoggingConfig(data.logging ?? {}),
    network: parseNetworkConfig(data.network ?? {}),
    observability: parseObservabilityConfig(data.observability ?? {}),
  }
}
