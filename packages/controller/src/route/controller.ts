import {
  certificates,
  configurations,
  coreServices,
  endpoints,
  ingresses,
  revisions,
  routeConditions,
  routeLabelKey,
  routes,
  setRouteDefaults,
} from '@knative-ts/apis'
import { enqueueControllerOf, ResourceReconciler, Tracker } from '@knative-ts/reconciler'
import type { ControllerFactory } from '../dependencies.ts'
import { primaryController } from '../primary-controller.ts'
import { trackChanges } from '../track-changes.ts'
import { indexByRoute, indexByWildcardDomain } from './indexes.ts'
import { RouteReconciler } from './route.ts'

/** A change of these changes hosts, URLs or Ingresses of all Routes. */
const resyncedBy = new Set(['network', 'domain'])

/** Routes, woken also by the objects that they own and by the Configurations and Revisions that they name. */
export const makeRouteController: ControllerFactory = (deps) => {
  const { informers, client, clock, config } = deps
  const primary = informers.informer(routes)
  const configurationInformer = informers.informer(configurations)
  const revisionInformer = informers.informer(revisions)
  const ingressInformer = informers.informer(ingresses)
  const placeholderInformer = informers.informer(coreServices, { labelSelector: routeLabelKey })
  const endpointsInformer = informers.informer(endpoints, { labelSelector: routeLabelKey })
  const certificateInformer = informers.informer(certificates)
  indexByRoute(placeholderInformer)
  indexByRoute(certificateInformer)
  indexByWildcardDomain(certificateInformer)
  const events = deps.eventsFor('route-controller')
  const tracker = new Tracker(clock, (key) => controller.enqueueKey(key))

  const reconciler = new ResourceReconciler({
    client,
    clock,
    events,
    type: routes,
    lister: primary.lister,
    conditions: routeConditions,
    setDefaults: (route) => setRouteDefaults(route, config.snapshot()),
    kind: new RouteReconciler({
      client,
      clock,
      events,
      tracker,
      configurations: configurationInformer.lister,
      revisions: revisionInformer.lister,
      ingresses: ingressInformer.lister,
      placeholders: placeholderInformer.lister,
      placeholderEndpoints: endpointsInformer.lister,
      certificates: certificateInformer.lister,
      config: () => ({ ...config.snapshot(), clusterDomain: deps.clusterDomain }),
    }),
  })
  const controller = primaryController(deps, 'route', primary, reconciler)
  placeholderInformer.addHandler(enqueueControllerOf(controller, routes))
  certificateInformer.addHandler(enqueueControllerOf(controller, routes))
  ingressInformer.addHandler(enqueueControllerOf(controller, routes))
  configurationInformer.addHandler(trackChanges(tracker, configurations))
  revisionInformer.addHandler(trackChanges(tracker, revisions))
  config.onChange((changed) => {
    if (resyncedBy.has(changed)) controller.globalResync(primary.lister.list())
  })
  return controller
}
