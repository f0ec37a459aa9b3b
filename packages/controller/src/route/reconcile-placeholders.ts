import {
  coreServices,
  endpoints,
  type Ingress,
  isControlledBy,
  type KubeObject,
  markPlaceholderNotOwned,
  type ResourceType,
  type Route,
  routes,
  type V1Endpoints,
  type V1Service,
  type V1ServicePort,
} from '@knative-ts/apis'
import { createOrRead, isNotFound } from '@knative-ts/kube'
import { sameValue } from '@knative-ts/reconciler'
import { CreateFailedError, NotOwnedError } from '../errors.ts'
import { statusOf } from '../status-of.ts'
import type { TagHosts } from './domains.ts'
import { labelledWithRoute } from './indexes.ts'
import type { RoutePorts } from './ports.ts'
import { makePlaceholderService, makePlaceholderTarget } from './resources/placeholder-service.ts'

/** Creates the placeholder Service of each tag and deletes those of tags that are gone. */
export async function reconcilePlaceholders(
  ports: RoutePorts,
  route: Route,
  hosts: Iterable<TagHosts>,
): Promise<V1Service[]> {
  const { namespace = '', name: routeName = '' } = route.metadata
  const services: V1Service[] = []
  for (const host of hosts) {
    const name = host.hostname
    const service = ports.placeholders.get(namespace, name) ?? (await createService(ports, route, host))
    requireOwned(route, 'Service', service)
    const existingEndpoints = ports.placeholderEndpoints.get(namespace, name)
    if (existingEndpoints) requireOwned(route, 'Endpoint', existingEndpoints)
    services.push(service)
  }
  const wanted = new Set(services.map((service) => service.metadata.name))
  for (const service of labelledWithRoute(ports.placeholders, namespace, routeName)) {
    if (!wanted.has(service.metadata.name)) await deletePlaceholder(ports, service)
  }
  return services
}

/** Points the placeholders at the gateway that serves the Ingress, as far as that is known. */
export async function updatePlaceholders(
  ports: RoutePorts,
  route: Route,
  services: readonly V1Service[],
  ingress: Ingress,
): Promise<void> {
  for (const service of services) {
    const target = makePlaceholderTarget(route, service, ingress)
    if (!target) continue
    await applyService(ports, service, target.service)
    await applyEndpoints(ports, route, service, target.endpoints)
  }
}

async function createService(
  { client, events }: RoutePorts,
  route: Route,
  host: TagHosts,
): Promise<V1Service> {
  try {
    const { object, created } = await createOrRead(client, coreServices, makePlaceholderService(route, host))
    if (created) {
      const message = `Created placeholder service "${host.hostname}"`
      events.event(routes, route, 'Normal', 'Created', message)
    }
    return object
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    const message = `Failed to create placeholder service "${host.hostname}": ${text}`
    events.event(routes, route, 'Warning', 'CreationFailed', message)
    throw new CreateFailedError('placeholder service', error)
  }
}

function requireOwned(route: Route, kind: 'Service' | 'Endpoint', object: KubeObject): void {
  if (isControlledBy(object, route)) return
  const { name = '' } = object.metadata
  markPlaceholderNotOwned(statusOf(route), kind, name)
  throw new NotOwnedError('route', route.metadata.name ?? '', kind, name)
}

async function deletePlaceholder({ client }: RoutePorts, { metadata }: V1Service): Promise<void> {
  const { namespace = '', name = '' } = metadata
  await deleteIfThere(client, coreServices, namespace, name)
  await deleteIfThere(client, endpoints, namespace, name)
}

async function deleteIfThere(
  client: RoutePorts['client'],
  type: ResourceType,
  namespace: string,
  name: string,
): Promise<void> {
  try {
    await client.delete(type, namespace, name)
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}

type ServiceShape = 'ExternalName' | 'Headless' | 'ClusterIP'

function shapeOf({ spec }: V1Service): ServiceShape {
  if (spec?.type === 'ExternalName') return 'ExternalName'
  return spec?.clusterIP === 'None' ? 'Headless' : 'ClusterIP'
}

async function applyService({ client }: RoutePorts, current: V1Service, desired: V1Service): Promise<void> {
  const shape = shapeOf(current)
  if (shape !== 'ExternalName' && shape !== shapeOf(desired)) {
    // Its cluster address can be neither given up nor taken on.
    const { namespace = '', name = '', uid } = current.metadata
    await client.delete(coreServices, namespace, name, uid ? { preconditions: { uid } } : {})
    await client.create(coreServices, desired)
    return
  }
  const merged: V1Service = {
    ...current,
    metadata: withMergedMaps(current, desired),
    spec: shape === shapeOf(desired) ? { ...current.spec, ...desired.spec } : desired.spec,
  }
  if (!sameService(current, merged)) await client.update(coreServices, merged)
}

/** Labels and annotations are only ever added: users set some on placeholders. */
function withMergedMaps(current: KubeObject, desired: KubeObject): KubeObject['metadata'] {
  return {
    ...current.metadata,
    labels: { ...current.metadata.labels, ...desired.metadata.labels },
    annotations: { ...current.metadata.annotations, ...desired.metadata.annotations },
  }
}

/** Equality of what we decide; the API server fills in the rest. */
function sameService(a: V1Service, b: V1Service): boolean {
  return (
    sameMaps(a, b) &&
    shapeOf(a) === shapeOf(b) &&
    (a.spec?.externalName ?? '') === (b.spec?.externalName ?? '') &&
    (a.spec?.sessionAffinity ?? 'None') === (b.spec?.sessionAffinity ?? 'None') &&
    sameValue(a.spec?.ports?.map(decidedPort) ?? [], b.spec?.ports?.map(decidedPort) ?? [])
  )
}

function sameMaps(a: KubeObject, b: KubeObject): boolean {
  return (
    sameValue(a.metadata.labels ?? {}, b.metadata.labels ?? {}) &&
    sameValue(a.metadata.annotations ?? {}, b.metadata.annotations ?? {})
  )
}

function decidedPort({ name, port, targetPort, appProtocol }: V1ServicePort): unknown {
  return { name, port, targetPort, appProtocol }
}

async function applyEndpoints(
  ports: RoutePorts,
  route: Route,
  service: V1Service,
  desired: V1Endpoints | undefined,
): Promise<void> {
  const { namespace = '', name = '' } = service.metadata
  const cached = ports.placeholderEndpoints.get(namespace, name)
  if (!desired) {
    if (cached) await deleteIfThere(ports.client, endpoints, namespace, name)
    return
  }
  const current = cached ?? (await createOrRead(ports.client, endpoints, desired)).object
  requireOwned(route, 'Endpoint', current)
  const merged: V1Endpoints = {
    ...current,
    metadata: withMergedMaps(current, desired),
    subsets: desired.subsets,
  }
  if (!sameMaps(current, merged) || !sameValue(decidedSubsets(current), decidedSubsets(merged))) {
    await ports.client.update(endpoints, merged)
  }
}

function decidedSubsets({ subsets }: V1Endpoints): unknown {
  return (subsets ?? []).map(({ addresses, ports }) => ({
    addresses: addresses?.map(({ ip }) => ip),
    ports: ports?.map(({ name, port }) => ({ name, port })),
  }))
}
