import type { DefaultingContext } from '../admission-context.ts'
import { setConfigurationSpecDefaults } from './configuration-defaults.ts'
import { setTrafficDefaults } from './route-defaults.ts'
import type { Service } from './types.ts'
import { setUserInfo } from './user-info.ts'

/**
 * Fills in what a Service leaves open, in place.
 * @param stored on updates, the stored Service, itself with defaults
 */
export function setServiceDefaults(service: Service, context: DefaultingContext, stored?: Service): void {
  setConfigurationSpecDefaults(service, context, stored)
  if (!service.spec.traffic?.length) service.spec.traffic = [{ percent: 100, latestRevision: true }]
  setTrafficDefaults(service.spec.traffic)
  setUserInfo(service, context, stored)
}
