import {
  activatorServiceName,
  coreServices,
  endpoints,
  isControlledBy,
  type KubeObject,
  markActivatorEndpointsPopulated,
  markActivatorEndpointsRemoved,
  markEndpointsNotOwned,
  markEndpointsNotReady,
  markEndpointsReady,
  privateServiceName,
  type ServerlessService,
  type V1Endpoints,
  type V1Service,
  type V1ServicePort,
} from '@knative-ts/apis'
import { createOrRead } from '@knative-ts/kube'
import { sameValue } from '@knative-ts/reconciler'
import { NotOwnedError } from '../errors.ts'
import { statusOf } from '../status-of.ts'
import { decideBacking } from './decide.ts'
import { DependencyMissingError, TargetUnsupportedError } from './errors.ts'
import type { ServerlessServicePorts } from './ports.ts'
import { makePublicEndpoints } from './resources/endpoints.ts'
import { makePrivateService, makePublicService } from './resources/services.ts'

/** Makes the Service that selects the revision's pods, or brings it up to date. */
export async function reconcilePrivateService(
  ports: ServerlessServicePorts,
  sks: ServerlessService,
): Promise<void> {
  const status = statusOf(sks)
  const desired = makePrivateService(sks, podSelectorOf(ports, sks))
  const name = privateServiceName(sks.metadata.name ?? '')
  let live = ports.services.get(sks.metadata.namespace ?? '', name)
  if (!live) {
    markEndpointsNotReady(status, 'CreatingPrivateService')
    live = (await createOrRead<V1Service>(ports.client, coreServices, desired)).object
  }
  requireOwned(sks, live, 'Service')
  if (!hasSpec(live, desired.spec.ports, desired.spec.selector)) {
    markEndpointsNotReady(status, 'UpdatingPrivateService')
    await ports.client.update(coreServices, { ...live, spec: { ...live.spec, ...desired.spec } })
  }
  status.privateServiceName = name
}

/** Makes the Service that requests are sent to, or brings it up to date. */
export async function reconcilePublicService(
  ports: ServerlessServicePorts,
  sks: ServerlessService,
): Promise<void> {
  const status = statusOf(sks)
  const { namespace = '', name = '' } = sks.metadata
  const desired = makePublicService(sks)
  let live = ports.services.get(namespace, name)
  if (!live) {
    markEndpointsNotReady(status, 'CreatingPublicService')
    live = (await createOrRead<V1Service>(ports.client, coreServices, desired)).object
  }
  requireOwned(sks, live, 'Service')
  if (!hasSpec(live, desired.spec.ports, undefined)) {
    const { selector: _, ...rest } = live.spec ?? {}
    await ports.client.update(coreServices, { ...live, spec: { ...rest, ...desired.spec } })
  }
  status.serviceName = name
}

/** Puts the right addresses behind the public Service, and says in the status what they are. */
export async function reconcilePublicEndpoints(
  ports: ServerlessServicePorts,
  sks: ServerlessService,
): Promise<void> {
  const status = statusOf(sks)
  const { namespace = '', name = '' } = sks.metadata
  const activator = requireEndpoints(
    ports,
    'failed to get activator service endpoints',
    ports.systemNamespace,
    activatorServiceName,
  )
  const own = requireEndpoints(
    ports,
    'failed to get private K8s Service endpoints',
    namespace,
    privateServiceName(sks.metadata.name ?? ''),
  )
  const { subsets, hasReadyPods, backedByActivator } = decideBacking(sks, own, activator)

  let live = ports.endpoints.get(namespace, name)
  if (!live) {
    markEndpointsNotReady(status, 'CreatingPublicEndpoints')
    live = (await createOrRead(ports.client, endpoints, makePublicEndpoints(sks, subsets))).object
  }
  requireOwned(sks, live, 'Endpoints')
  if (!sameValue(live.subsets ?? [], subsets)) {
    await ports.client.update(endpoints, { ...live, subsets })
  }

  if (hasReadyPods) markEndpointsReady(status)
  else markEndpointsNotReady(status, 'NoHealthyBackends')
  if (backedByActivator) markActivatorEndpointsPopulated(status)
  else markActivatorEndpointsRemoved(status)
}

function podSelectorOf(ports: ServerlessServicePorts, sks: ServerlessService): Record<string, string> {
  const { kind, name } = sks.spec.objectRef
  if (kind !== 'Deployment') throw new TargetUnsupportedError(kind, name)
  const deployment = ports.deployments.get(sks.metadata.namespace ?? '', name)
  if (!deployment) {
    throw new DependencyMissingError('error retrieving deployment selector spec', 'deployments.apps', name)
  }
  return deployment.spec?.selector.matchLabels ?? {}
}

function requireEndpoints(
  { endpoints: lister }: ServerlessServicePorts,
  purpose: string,
  namespace: string,
  name: string,
): V1Endpoints {
  const found = lister.get(namespace, name)
  if (!found) throw new DependencyMissingError(purpose, 'endpoints', name)
  return found
}

/** Ports and selector are ours; the rest of a Service's spec is not looked at. */
function hasSpec(
  { spec }: V1Service,
  wantedPorts: readonly V1ServicePort[],
  selector: Record<string, string> | undefined,
): boolean {
  return sameValue(spec?.ports, wantedPorts) && sameValue(spec?.selector ?? {}, selector ?? {})
}

function requireOwned(sks: ServerlessService, object: KubeObject, kind: 'Service' | 'Endpoints'): void {
  if (isControlledBy(object, sks)) return
  const { name = '' } = object.metadata
  markEndpointsNotOwned(statusOf(sks), kind, name)
  throw new NotOwnedError('SKS', sks.metadata.name ?? '', kind, name)
}
