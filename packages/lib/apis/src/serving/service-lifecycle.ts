import { ConditionSet } from '../conditions/condition-set.ts'
import { goQuote } from '../syntax/go-quote.ts'
import type { Configuration, Route, ServiceStatus } from './types.ts'

export const serviceConditionConfigurationsReady = 'ConfigurationsReady'
export const serviceConditionRoutesReady = 'RoutesReady'

/** A Service is ready when its Configuration and its Route are. */
export const serviceConditions = new ConditionSet('Ready', [
  serviceConditionConfigurationsReady,
  serviceConditionRoutesReady,
])

/** A Configuration of the Service's name belongs to someone else. */
export function markServiceConfigurationNotOwned(status: ServiceStatus, name: string): void {
  serviceConditions.markFalse(
    status,
    serviceConditionConfigurationsReady,
    'NotOwned',
    `There is an existing Configuration ${goQuote(name)} that we do not own.`,
  )
}

/** The Configuration has not yet looked at its latest spec. */
export function markServiceConfigurationNotReconciled(status: ServiceStatus): void {
  serviceConditions.markUnknown(
    status,
    serviceConditionConfigurationsReady,
    'OutOfDate',
    'The Configuration is still working to reflect the latest desired specification.',
  )
}

/** Takes over what an up-to-date Configuration says: its Ready condition and its latest revisions. */
export function propagateConfigurationStatus(
  status: ServiceStatus,
  configuration: Configuration['status'],
): void {
  setOrDelete(status, 'latestReadyRevisionName', configuration?.latestReadyRevisionName)
  setOrDelete(status, 'latestCreatedRevisionName', configuration?.latestCreatedRevisionName)
  const ready = configuration?.conditions?.find((condition) => condition.type === 'Ready')
  if (ready) serviceConditions.propagate(status, serviceConditionConfigurationsReady, ready)
}

/** A Route of the Service's name belongs to someone else. */
export function markServiceRouteNotOwned(status: ServiceStatus, name: string): void {
  serviceConditions.markFalse(
    status,
    serviceConditionRoutesReady,
    'NotOwned',
    `There is an existing Route ${goQuote(name)} that we do not own.`,
  )
}

/** The template names a revision that exists and says something else. */
export function markRevisionNameTaken(status: ServiceStatus, name: string): void {
  serviceConditions.markFalse(
    status,
    serviceConditionRoutesReady,
    'RevisionNameTaken',
    `The revision name ${goQuote(name)} is taken by a conflicting Revision, so traffic will not be migrated`,
  )
}

/** The Route has not yet looked at its latest spec. */
export function markServiceRouteNotReconciled(status: ServiceStatus): void {
  serviceConditions.markUnknown(
    status,
    serviceConditionRoutesReady,
    'OutOfDate',
    'The Route is still working to reflect the latest desired specification.',
  )
}

/** The Route works, but not yet for the latest revision. */
export function markRouteNotYetReady(status: ServiceStatus): void {
  serviceConditions.markUnknown(
    status,
    serviceConditionRoutesReady,
    'TrafficNotMigrated',
    'Traffic is not yet migrated to the latest revision.',
  )
}

/** Takes over what an up-to-date Route says: its Ready condition, addresses and traffic. */
export function propagateRouteStatus(status: ServiceStatus, route: Route['status']): void {
  setOrDelete(status, 'url', route?.url)
  setOrDelete(status, 'address', route?.address)
  setOrDelete(status, 'traffic', route?.traffic)
  const ready = route?.conditions?.find((condition) => condition.type === 'Ready')
  if (ready) serviceConditions.propagate(status, serviceConditionRoutesReady, ready)
}

function setOrDelete<K extends keyof ServiceStatus>(
  status: ServiceStatus,
  key: K,
  value: ServiceStatus[K] | undefined,
): void {
  if (value === undefined) delete status[key]
  else status[key] = value
}
