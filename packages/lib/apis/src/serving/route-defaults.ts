import type { DefaultingContext } from '../admission-context.ts'
import type { Route, TrafficTarget } from './types.ts'
import { setUserInfo } from './user-info.ts'

/**
 * Fills in what a Route leaves open, in place.
 * @param stored on updates, the stored Route, itself with defaults
 */
export function setRouteDefaults(route: Route, context: DefaultingContext, stored?: Route): void {
  route.spec ??= {}
  setTrafficDefaults(route.spec.traffic ?? [])
  if (route.metadata.ownerReferences === undefined) setUserInfo(route, context, stored)
}

/** Defaults of each traffic target, in place. */
export function setTrafficDefaults(traffic: readonly TrafficTarget[]): void {
  for (const target of traffic) {
    target.latestRevision ??= !target.revisionName
    target.percent ??= 0
  }
}
