import type { KubeObject, ResourceType } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { EventRecorder, InformerFactory, KubeClient, Lister } from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'
import { alwaysLeader, Controller, type KeyReconciler } from '@knative-ts/reconciler'
import { enqueueOwners, ownerUidIndex } from './owners.ts'

export interface LocalControllerDependencies {
  client: KubeClient
  informers: InformerFactory
  clock: Clock
  logger: Logger
  events: EventRecorder
}

export interface OwnerControllerOptions<O extends KubeObject, C extends KubeObject> {
  owner: ResourceType<O>
  /** What owners make; indexed by its owner's UID. */
  owned: ResourceType<C>
  workers?: number
  reconciler(owners: Lister<O>, owned: Lister<C>): KeyReconciler
}

/** A controller that looks at an owner whenever it, or something it owns, has changed. */
export function makeOwnerController<O extends KubeObject, C extends KubeObject>(
  { informers, clock, logger }: LocalControllerDependencies,
  { owner, owned, workers, reconciler }: OwnerControllerOptions<O, C>,
): Controller {
  const owners = informers.informer(owner)
  const children = informers.informer(owned)
  children.addIndex(ownerUidIndex.name, ownerUidIndex.valuesOf)
  const controller = new Controller({
    name: owner.kind.toLowerCase(),
    reconciler: reconciler(owners.lister, children.lister),
    clock,
    logger,
    leadership: alwaysLeader,
    ...(workers === undefined ? {} : { workers }),
  })
  const enqueue = (object: O) => controller.enqueue(object)
  owners.addHandler({ onAdd: enqueue, onUpdate: (_, object) => enqueue(object), onDelete: enqueue })
  children.addHandler(enqueueOwners(owner.kind, (key) => controller.enqueueKey(key)))
  return controller
}
