import type { Configuration, Route, TrafficTarget } from '@knative-ts/apis'

/**
 * Whether the Route's traffic, as it last reported it, is what its spec asks for, given what the
 * Configuration's latest ready revision is now.
 */
export function trafficMigrated(route: Route, configuration: Configuration): boolean {
  const wanted = route.spec.traffic ?? []
  const actual = route.status?.traffic ?? []
  return (
    wanted.length === actual.length &&
    wanted.every((target, i) => sameTarget(resolveLatest(target, configuration), actual[i]!))
  )
}

function resolveLatest(target: TrafficTarget, configuration: Configuration): TrafficTarget {
  if (target.configurationName !== configuration.metadata.name) return target
  const revisionName = configuration.status?.latestReadyRevisionName
  return { ...target, configurationName: undefined, revisionName }
}

function sameTarget(a: TrafficTarget, b: TrafficTarget): boolean {
  return (
    (a.tag ?? '') === (b.tag ?? '') &&
    (a.revisionName ?? '') === (b.revisionName ?? '') &&
    (a.configurationName ?? '') === (b.configurationName ?? '') &&
    (a.percent ?? 0) === (b.percent ?? 0)
  )
}
