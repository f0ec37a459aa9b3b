import { configurations, revisions, routeConditions, routes, setRouteDefaults } from '@knative-ts/apis'
import { ResourceReconciler, Tracker } from '@knative-ts/reconciler'
import type { ControllerFactory } from '../dependencies.ts'
import { primaryController } from '../primary-controller.ts'
import { trackChanges } from '../track-changes.ts'
import { Labeler } from './labeler.ts'
import { indexByListedRoutes } from './routes-index.ts'

/** On every Route until what it lists is cleared of it. */
const finalizer = 'routes.serving.knative.dev'

/** Routes, woken also by the Revisions and Configurations that they name. */
export const makeLabelerController: ControllerFactory = (deps) => {
  const primary = deps.informers.informer(routes)
  const revisionInformer = deps.informers.informer(revisions)
  const configurationInformer = deps.informers.informer(configurations)
  indexByListedRoutes(revisionInformer)
  indexByListedRoutes(configurationInformer)
  const tracker = new Tracker(deps.clock, (key) => controller.enqueueKey(key))

  const reconciler = new ResourceReconciler({
    client: deps.client,
    clock: deps.clock,
    events: deps.eventsFor('route-controller'),
    type: routes,
    lister: primary.lister,
    conditions: routeConditions,
    setDefaults: (route) => setRouteDefaults(route, deps.config.snapshot()),
    finalizer,
    writesStatus: false,
    kind: new Labeler({
      client: deps.client,
      clock: deps.clock,
      tracker,
      revisions: revisionInformer.lister,
      configurations: configurationInformer.lister,
    }),
  })
  const controller = primaryController(deps, 'labeler', primary, reconciler)
  revisionInformer.addHandler(trackChanges(tracker, revisions))
  configurationInformer.addHandler(trackChanges(tracker, configurations))
  return controller
}
