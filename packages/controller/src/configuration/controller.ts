import {
  configurationConditions,
  configurations,
  revisions,
  setConfigurationDefaults,
} from '@knative-ts/apis'
import { enqueueControllerOf, ResourceReconciler } from '@knative-ts/reconciler'
import type { ControllerFactory } from '../dependencies.ts'
import { primaryController } from '../primary-controller.ts'
import { indexRevisionsByConfiguration } from '../revision-indexes.ts'
import { ConfigurationReconciler } from './configuration.ts'

/** Configurations, woken also by the Revisions that they own. */
export const makeConfigurationController: ControllerFactory = (deps) => {
  const primary = deps.informers.informer(configurations)
  const revisionInformer = deps.informers.informer(revisions)
  indexRevisionsByConfiguration(revisionInformer)
  const events = deps.eventsFor('configuration-controller')

  const reconciler = new ResourceReconciler({
    client: deps.client,
    clock: deps.clock,
    events,
    type: configurations,
    lister: primary.lister,
    conditions: configurationConditions,
    setDefaults: (configuration) => setConfigurationDefaults(configuration, deps.config.snapshot()),
    kind: new ConfigurationReconciler({
      client: deps.client,
      clock: deps.clock,
      events,
      revisions: revisionInformer.lister,
    }),
  })
  const controller = primaryController(deps, 'configuration', primary, reconciler)
  revisionInformer.addHandler(enqueueControllerOf(controller, configurations))
  return controller
}
