import {
  configurations,
  revisions,
  routes,
  serviceConditions,
  services,
  setConfigurationDefaults,
  setRouteDefaults,
  setServiceDefaults,
} from '@knative-ts/apis'
import { enqueueControllerOf, ResourceReconciler } from '@knative-ts/reconciler'
import type { ControllerFactory } from '../dependencies.ts'
import { primaryController } from '../primary-controller.ts'
import { ServiceReconciler } from './service.ts'

/** Services, woken also by the Configurations and Routes that they own. */
export const makeServiceController: ControllerFactory = (deps) => {
  const primary = deps.informers.informer(services)
  const configurationInformer = deps.informers.informer(configurations)
  const routeInformer = deps.informers.informer(routes)
  const events = deps.eventsFor('service-controller')

  const reconciler = new ResourceReconciler({
    client: deps.client,
    clock: deps.clock,
    events,
    type: services,
    lister: primary.lister,
    conditions: serviceConditions,
    setDefaults: (service) => setServiceDefaults(service, deps.config.snapshot()),
    kind: new ServiceReconciler({
      client: deps.client,
      events,
      configurations: configurationInformer.lister,
      routes: routeInformer.lister,
      revisions: deps.informers.informer(revisions).lister,
      setConfigurationDefaults: (object) => setConfigurationDefaults(object, deps.config.snapshot()),
      setRouteDefaults: (object) => setRouteDefaults(object, deps.config.snapshot()),
    }),
  })
  const controller = primaryController(deps, 'service', primary, reconciler)
  configurationInformer.addHandler(enqueueControllerOf(controller, services))
  routeInformer.addHandler(enqueueControllerOf(controller, services))
  return controller
}
