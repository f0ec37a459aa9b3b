export { parseAutoscalerConfig } from './autoscaler-config.ts'
export { parseCertManagerConfig } from './certificate-config.ts'
export {
  type ConfigParser,
  type ConfigSource,
  type ConfigSources,
  ConfigStore,
  type ConfigStoreOptions,
} from './config-store.ts'
export { type ConfigKeys, ConfigValues, toMs } from './config-values.ts'
export { parseDefaultsConfig } from './defaults-config.ts'
export { parseDeploymentConfig } from './deployment-config.ts'
export { parseDomainConfig } from './domain-config.ts'
export {
  type ConfigErrorCode,
  ConfigInvalidError,
  ConfigMissingError,
  ConfigValueError,
  GoTemplateError,
} from './errors.ts'
export { exampleChecksum, exampleChecksumAnnotationKey, exampleKey } from './example-checksum.ts'
export { parseFeaturesConfig } from './features-config.ts'
export { parseGCConfig } from './gc-config.ts'
export { compileGoTemplate } from './go-template/compile.ts'
export { parseLeaderElectionConfig } from './leader-election-config.ts'
export { followLogLevel, levelOf, parseLoggingConfig } from './logging-config.ts'
export { parseNetworkConfig } from './network-config.ts'
export { defaultRequestLogTemplate, parseObservabilityConfig } from './observability-config.ts'
export { bestMatch } from './selector-map.ts'
export type * from './types.ts'
export { type ConfigMapNames, configMapNames, validatedConfigMaps } from './validated-config-maps.ts'
