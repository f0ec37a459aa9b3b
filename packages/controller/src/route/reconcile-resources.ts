import {
  applicationProtocol,
  conditionOf,
  controllerOf,
  type Ingress,
  type IngressTLS,
  ingresses,
  markIngressNotConfigured,
  type Route,
  rolloutAnnotationKey,
  routeConditionIngressReady,
  routes,
} from '@knative-ts/apis'
import { createOrRead } from '@knative-ts/kube'
import { CreateFailedError, NotOwnedError } from '../errors.ts'
import { sameContent, withContent } from '../same-content.ts'
import { statusOf } from '../status-of.ts'
import type { RouteConfig } from './config.ts'
import type { TagHosts } from './domains.ts'
import type { RoutePorts } from './ports.ts'
import { makeIngress } from './resources/ingress.ts'
import type { AcmeChallenge } from './resources/ingress-rules.ts'
import { ingressName } from './resources/names.ts'
import { withExistingRevisions } from './rollout/existing-revisions.ts'
import { planRollout, type RolloutPlan } from './rollout/plan-rollout.ts'
import { goalRollout } from './rollout/rollout.ts'
import { parseRollout } from './rollout/rollout-annotation.ts'
import { rolloutDurationSeconds } from './rollout/rollout-duration.ts'
import type { ResolvedTraffic } from './traffic/resolve-traffic.ts'

/** The Route's Ingress as it is, and where its rollout goes from there. */
export interface PlannedIngress {
  readonly existing: Ingress | undefined
  readonly plan: RolloutPlan
}

export interface IngressInput {
  readonly traffic: ResolvedTraffic
  readonly hosts: ReadonlyMap<string, TagHosts>
  readonly tls: readonly IngressTLS[]
  readonly challenges: readonly AcmeChallenge[]
}

/**
 * Creates or corrects the Route's Ingress as planned.
 * @throws NotOwnedError while there still is that of a former Route of this name; CreateFailedError or ApiError when it can't be written
 */
export async function reconcileIngress(
  ports: RoutePorts,
  route: Route,
  config: RouteConfig,
  { existing, plan }: PlannedIngress,
  input: IngressInput,
): Promise<Ingress> {
  const { namespace = '' } = route.metadata
  const desired = makeIngress(
    route,
    config.network,
    {
      namespace,
      groups: input.traffic.groups,
      rollout: plan.rollout,
      hosts: input.hosts,
      challenges: input.challenges,
      clusterDomain: config.clusterDomain,
      tagHeaderRouting: config.features.flags['tag-header-based-routing'] === 'Enabled',
      systemInternalTLS: config.network.systemInternalTLS,
      protocolOf: (revisionName) => {
        const revision = ports.revisions.get(namespace, revisionName)
        return revision && applicationProtocol(revision.spec.containers)
      },
    },
    input.tls,
  )
  const settled = existing !== undefined && sameContent(existing, desired)
  // What the Ingress reported until now is not about this traffic, even if the write fails.
  if (!settled) markIngressNotConfigured(statusOf(route))
  const current = existing ?? (await createIngress(ports, route, desired))
  refuseOfFormerRoute(current, route)
  if (settled || sameContent(current, desired)) return current
  return ports.client.update(ingresses, withContent(current, desired))
}

/**
 * What a deleted Route of the same name leaves is about to be garbage collected. It may still say that it is ready, and once it is gone the
 * hosts are unknown.
 */
function refuseOfFormerRoute(ingress: Ingress, route: Route): void {
  const owner = controllerOf(ingress)
  const { name = '', uid } = route.metadata
  if (owner?.kind !== routes.kind || owner.name !== name || owner.uid === uid) return
  markIngressNotConfigured(statusOf(route))
  throw new NotOwnedError('route', name, 'ingress', ingress.metadata.name ?? '')
}

/** Reads the Route's Ingress and decides how its rollout goes on. */
export function planIngress(
  ports: RoutePorts,
  route: Route,
  config: RouteConfig,
  traffic: ResolvedTraffic,
): PlannedIngress {
  const { namespace = '', name = '' } = route.metadata
  const existing = ports.ingresses.get(namespace, ingressName(name))
  const carried = parseRollout(existing?.metadata.annotations?.[rolloutAnnotationKey])
  const previous =
    carried && withExistingRevisions(carried, (name) => ports.revisions.get(namespace, name) !== undefined)
  const plan = planRollout(goalRollout(traffic.groups), previous, {
    durationSeconds: rolloutDurationSeconds(route, config.network.rolloutDurationSeconds),
    nowNs: ports.clock.now() * 1e6,
    ingressBecameReady:
      existing !== undefined &&
      isIngressObserved(existing) &&
      conditionOf(existing.status, 'Ready')?.status === 'True' &&
      conditionOf(route.status, routeConditionIngressReady)?.status !== 'True',
  })
  return { existing, plan }
}

/** Whether the Ingress controller has looked at the Ingress as it is now. */
export function isIngressObserved({ metadata, status }: Ingress): boolean {
  return (status?.observedGeneration ?? 0) === (metadata.generation ?? 0)
}

async function createIngress(
  { client, events }: RoutePorts,
  route: Route,
  desired: Ingress,
): Promise<Ingress> {
  try {
    const { object, created } = await createOrRead(client, ingresses, desired)
    if (created) {
      const message = `Created Ingress "${object.metadata.name}"`
      events.event(routes, route, 'Normal', 'Created', message)
    }
    return object
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    const message = `Failed to create Ingress: ${text}`
    events.event(routes, route, 'Warning', 'CreationFailed', message)
    throw new CreateFailedError('Ingress', error)
  }
}
