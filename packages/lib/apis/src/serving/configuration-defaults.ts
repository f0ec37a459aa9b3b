import type { DefaultingContext } from '../admission-context.ts'
import type { KubeObject } from '../meta.ts'
import { setRevisionSpecDefaults } from './revision-defaults.ts'
import type { Configuration, ConfigurationSpec } from './types.ts'
import { setUserInfo } from './user-info.ts'

/**
 * Fills in what a Configuration leaves open, in place.
 * @param stored on updates, the stored Configuration, itself with defaults
 */
export function setConfigurationDefaults(
  configuration: Configuration,
  context: DefaultingContext,
  stored?: Configuration,
): void {
  setConfigurationSpecDefaults(configuration, context, stored)
  if (configuration.metadata.ownerReferences === undefined) setUserInfo(configuration, context, stored)
}

/**
 * Defaults of the revision template. A template whose own name has not changed stays as it is: new defaults
 * would be a change without a change of name, which is refused.
 */
export function setConfigurationSpecDefaults(
  object: KubeObject & { spec: ConfigurationSpec },
  context: DefaultingContext,
  stored: (KubeObject & { spec: ConfigurationSpec }) | undefined,
): void {
  object.spec ??= {} as ConfigurationSpec
  const name = object.spec.template?.metadata?.name
  if (stored && name && name === stored.spec?.template?.metadata?.name) return
  object.spec.template ??= { spec: { containers: [] } }
  object.spec.template.spec ??= { containers: [] }
  setRevisionSpecDefaults(object.spec.template.spec, context, object.metadata)
}
