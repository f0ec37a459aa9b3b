import { configurations, revisions } from '@knative-ts/apis'
import { enqueueControllerOf } from '@knative-ts/reconciler'
import type { ControllerFactory } from '../dependencies.ts'
import { primaryController } from '../primary-controller.ts'
import { indexRevisionsByConfiguration } from '../revision-indexes.ts'
import { RevisionCollector } from './gc.ts'

const name = 'gc'

/** Configurations, woken also by the Revisions that they own and by `config-gc`. */
export const makeGcController: ControllerFactory = (deps) => {
  const primary = deps.informers.informer(configurations)
  const revisionInformer = deps.informers.informer(revisions)
  indexRevisionsByConfiguration(revisionInformer)

  const reconciler = new RevisionCollector({
    client: deps.client,
    clock: deps.clock,
    logger: deps.logger.child({ 'knative.dev/controller': name }, name),
    configurations: primary.lister,
    revisions: revisionInformer.lister,
    policy: () => deps.config.snapshot().gc,
  })
  const controller = primaryController(deps, name, primary, reconciler)
  revisionInformer.addHandler(enqueueControllerOf(controller, configurations))
  deps.config.onChange((changed) => {
    if (changed === 'gc') controller.globalResync(primary.lister.list())
  })
  return controller
}
