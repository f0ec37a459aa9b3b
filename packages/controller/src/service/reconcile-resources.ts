import {
  type Configuration,
  configurations,
  isControlledBy,
  type KubeObject,
  markServiceConfigurationNotOwned,
  markServiceRouteNotOwned,
  type ResourceType,
  type Route,
  routes,
  type Service,
  services,
} from '@knative-ts/apis'
import { createOrRead } from '@knative-ts/kube'
import { CreateFailedError, NotOwnedError } from '../errors.ts'
import { sameContent, withContent } from '../same-content.ts'
import { statusOf } from '../status-of.ts'
import type { ServicePorts } from './ports.ts'
import { makeConfiguration } from './resources/configuration.ts'
import { makeRoute } from './resources/route.ts'

/** Creates or corrects the Service's Configuration; returns it as the API has it now. */
export async function reconcileConfiguration(ports: ServicePorts, service: Service): Promise<Configuration> {
  const { namespace = '', name = '' } = service.metadata
  const cached = ports.configurations.get(namespace, name)
  const existing = cached ?? (await create(ports, configurations, service, makeConfiguration(service)))
  if (!isControlledBy(existing, service)) {
    markServiceConfigurationNotOwned(statusOf(service), name)
    throw new NotOwnedError('service', name, 'configuration', name)
  }
  const desired = makeConfiguration(service, existing)
  return correct(ports, configurations, existing, desired, ports.setConfigurationDefaults)
}

/** Creates or corrects the Service's Route; returns it as the API has it now. */
export async function reconcileRoute(ports: ServicePorts, service: Service): Promise<Route> {
  const { namespace = '', name = '' } = service.metadata
  const desired = makeRoute(service)
  const existing =
    ports.routes.get(namespace, name) ?? (await create(ports, routes, service, makeRoute(service)))
  if (!isControlledBy(existing, service)) {
    markServiceRouteNotOwned(statusOf(service), name)
    throw new NotOwnedError('service', name, 'route', name)
  }
  return correct(ports, routes, existing, desired, ports.setRouteDefaults)
}

async function create<T extends KubeObject>(
  { client, events }: ServicePorts,
  type: ResourceType<T>,
  service: Service,
  desired: T,
): Promise<T> {
  const { kind } = type
  const quoted = JSON.stringify(desired.metadata.name)
  try {
    const { object, created } = await createOrRead(client, type, desired)
    if (created) events.event(services, service, 'Normal', 'Created', `Created ${kind} ${quoted}`)
    return object
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    const message = `Failed to create ${kind} ${quoted}: ${text}`
    events.event(services, service, 'Warning', 'CreationFailed', message)
    throw new CreateFailedError(kind, error)
  }
}

/** Overwrites spec, labels and annotations where they drifted; a difference by defaults alone is none. */
async function correct<T extends KubeObject & { spec: unknown }>(
  { client }: ServicePorts,
  type: ResourceType<T>,
  existing: T,
  desired: T,
  setDefaults: (object: T) => void,
): Promise<T> {
  if (sameContent(existing, desired)) return existing
  const [was, wanted] = [structuredClone(existing), structuredClone(desired)]
  setDefaults(was)
  setDefaults(wanted)
  if (sameContent(was, wanted)) return existing
  return client.update(type, withContent(existing, wanted))
}
