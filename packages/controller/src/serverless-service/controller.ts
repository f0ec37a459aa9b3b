import {
  activatorServiceName,
  conditionOf,
  coreServices,
  deployments,
  endpoints,
  keyString,
  type ServerlessService,
  serverlessServiceConditionActivatorEndpointsPopulated,
  serverlessServiceConditions,
  serverlessServices,
  skslabelKey,
  type V1Endpoints,
} from '@knative-ts/apis'
import { enqueueControllerOf, ResourceReconciler, sameValue } from '@knative-ts/reconciler'
import type { ControllerFactory } from '../dependencies.ts'
import { primaryController } from '../primary-controller.ts'
import { ServerlessServiceReconciler } from './serverless-service.ts'

/** ServerlessServices, woken also by their Services and Endpoints and by the activator's. */
export const makeServerlessServiceController: ControllerFactory = (deps) => {
  const { client, clock, informers, systemNamespace } = deps
  const primary = informers.informer(serverlessServices)
  const serviceInformer = informers.informer(coreServices)
  const endpointsInformer = informers.informer(endpoints)

  const reconciler = new ResourceReconciler({
    client,
    clock,
    events: deps.eventsFor('serverlessservice-controller'),
    type: serverlessServices,
    lister: primary.lister,
    conditions: serverlessServiceConditions,
    kind: new ServerlessServiceReconciler({
      client,
      deployments: informers.informer(deployments).lister,
      services: serviceInformer.lister,
      endpoints: endpointsInformer.lister,
      systemNamespace,
    }),
  })
  const controller = primaryController(deps, 'serverlessservice', primary, reconciler)
  serviceInformer.addHandler(enqueueControllerOf(controller, serverlessServices))

  const isActivator = ({ metadata }: V1Endpoints): boolean =>
    metadata.name === activatorServiceName && metadata.namespace === systemNamespace

  const onEndpoints = (object: V1Endpoints): void => {
    if (isActivator(object)) {
      controller.globalResync(inOrderOfNeed(primary.lister.list()))
      return
    }
    const { labels = {}, namespace = '' } = object.metadata
    const name = labels[skslabelKey]
    // Also the public ones that we write: a pass that saw them as they were before its last write has left them so.
    if (name) controller.enqueueKey(keyString({ namespace, name }))
  }
  endpointsInformer.addHandler({
    onAdd: onEndpoints,
    onUpdate: (before, after) => {
      // Kubernetes touches annotations of Endpoints too; only addresses and ports concern us.
      if (!sameValue(before.subsets ?? [], after.subsets ?? [])) onEndpoints(after)
    },
    onDelete: onEndpoints,
  })
  return controller
}

/** Those whose requests go through an activator come first: for them its addresses matter now. */
function inOrderOfNeed(all: readonly ServerlessService[]): ServerlessService[] {
  const viaActivator = (sks: ServerlessService): boolean =>
    conditionOf(sks.status, serverlessServiceConditionActivatorEndpointsPopulated)?.status !== 'False'
  return [...all.filter(viaActivator), ...all.filter((sks) => !viaActivator(sks))]
}
