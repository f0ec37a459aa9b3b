import {
  type Configuration,
  configurationLabelKey,
  controllerOf,
  type KubeObject,
  type Revision,
  type Route,
  type RoutingState,
  routesAnnotationKey,
  routingStateLabelKey,
  routingStateModifiedAnnotationKey,
} from '@knative-ts/apis'
import { formatCommaList, parseCommaList } from '../comma-list.ts'
import { formatRfc3339 } from '../rfc3339.ts'

/** Names of what a Route sends traffic to, or is about to. */
export interface RoutedObjects {
  readonly revisions: ReadonlySet<string>
  readonly configurations: ReadonlySet<string>
}

/**
 * What a Route's spec and status name, by way of both: revisions with their Configurations, and for
 * targets that follow the latest revision also the one that will be it next.
 */
export function routedObjects(
  route: Route,
  revision: (name: string) => Revision | undefined,
  configuration: (name: string) => Configuration | undefined,
): RoutedObjects {
  const revisions = new Set<string>()
  const configurations = new Set<string>()
  for (const target of [...(route.status?.traffic ?? []), ...(route.spec.traffic ?? [])]) {
    let owner = target.configurationName
    if (target.revisionName) {
      revisions.add(target.revisionName)
      owner = configurationOf(revision(target.revisionName)) ?? owner
    }
    if (!owner) continue
    configurations.add(owner)
    const next = configuration(owner)?.status?.latestCreatedRevisionName
    if (target.latestRevision && next) revisions.add(next)
  }
  return { revisions, configurations }
}

function configurationOf(revision: Revision | undefined): string | undefined {
  if (!revision) return undefined
  const owner = controllerOf(revision)
  return owner?.kind === 'Configuration' ? owner.name : revision.metadata.labels?.[configurationLabelKey]
}

/** Body of a JSON merge patch; null removes a key. */
export interface MetadataPatch {
  metadata: {
    labels?: Record<string, string | null>
    annotations?: Record<string, string | null>
  }
}

/** The patch that lists `route` on a routed object, if it is not complete already. */
export function listRoute(object: KubeObject, route: string): MetadataPatch | undefined {
  const listed = parseCommaList(object.metadata.annotations?.[routesAnnotationKey])
  if (listed.has(route)) return undefined
  return { metadata: { annotations: { [routesAnnotationKey]: formatCommaList(listed.add(route)) } } }
}

/** As `listRoute`, and makes the revision active. */
export function activateRevision(
  revision: Revision,
  route: string,
  nowMs: number,
): MetadataPatch | undefined {
  return withRoutingState(revision, listRoute(revision, route), 'active', nowMs)
}

/** The patch that takes `route` off an object's list, and off the object if it was the last one. */
export function unlistRoute(object: KubeObject, route: string): MetadataPatch | undefined {
  const listed = parseCommaList(object.metadata.annotations?.[routesAnnotationKey])
  if (!listed.delete(route)) return undefined
  return {
    metadata: { annotations: { [routesAnnotationKey]: listed.size > 0 ? formatCommaList(listed) : null } },
  }
}

/** As `unlistRoute`, and puts the revision into reserve if no Route is left. */
export function retireRevision(revision: Revision, route: string, nowMs: number): MetadataPatch | undefined {
  const patch = unlistRoute(revision, route)
  const isLast = patch?.metadata.annotations?.[routesAnnotationKey] === null
  return isLast ? withRoutingState(revision, patch, 'reserve', nowMs) : patch
}

function withRoutingState(
  revision: Revision,
  patch: MetadataPatch | undefined,
  state: RoutingState,
  nowMs: number,
): MetadataPatch | undefined {
  if (revision.metadata.labels?.[routingStateLabelKey] === state) return patch
  return {
    metadata: {
      labels: { [routingStateLabelKey]: state },
      annotations: {
        ...patch?.metadata.annotations,
        [routingStateModifiedAnnotationKey]: formatRfc3339(nowMs),
      },
    },
  }
}
