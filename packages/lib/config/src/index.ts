export {
  type ConfigParser,
  type ConfigSource,
  type ConfigSources,
  ConfigStore,
  type ConfigStoreOptions,
} from './config-store.ts'
export { type ConfigErrorCode, ConfigInvalidError, ConfigMissingError, ConfigValueError } from './errors.ts'
export type * from './types.ts'
