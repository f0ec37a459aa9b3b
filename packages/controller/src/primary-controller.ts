import type { KubeObject } from '@knative-ts/apis'
import type { Informer } from '@knative-ts/kube'
import { Controller, type KeyReconciler } from '@knative-ts/reconciler'
import type { ControllerDependencies } from './dependencies.ts'

/**
 * The controller of one kind: works on every object of `primary` that this process leads, whenever it is
 * added, changed or deleted, and on all of them after winning a bucket.
 * @param name reconciler name as in lease names, e.g. `route`
 */
export function primaryController<T extends KubeObject>(
  deps: ControllerDependencies,
  name: string,
  primary: Informer<T>,
  reconciler: KeyReconciler,
): Controller {
  const resync = (): void => controller.globalResync(primary.lister.list())
  const controller: Controller = new Controller({
    name,
    reconciler,
    clock: deps.clock,
    logger: deps.logger.child({ 'knative.dev/controller': name }, name),
    leadership: deps.leadershipFor(name, resync),
    workers: deps.workers,
    timeoutMs: deps.reconcileTimeoutMs,
  })
  const enqueue = (object: T): void => controller.enqueue(object)
  primary.addHandler({ onAdd: enqueue, onUpdate: (_, after) => enqueue(after), onDelete: enqueue })
  return controller
}
