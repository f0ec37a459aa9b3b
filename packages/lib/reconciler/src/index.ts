export { Controller, type ControllerOptions, type KeyReconciler } from './controller.ts'
export { enqueueControllerOf } from './enqueue-controller-of.ts'
export { OwnedObjectError, type ReconcilerErrorCode, reconcilerErrorCodes } from './errors.ts'
export {
  alwaysLeader,
  BucketLeadership,
  type BucketLeadershipOptions,
  type BucketTimes,
  bucketNames,
  type Leadership,
  type ProcessIdentity,
  processIdentity,
} from './leadership.ts'
export { againAfter, done, type Outcome, retry, terminal } from './outcome.ts'
export {
  type KindReconciler,
  type ObjectWithStatus,
  ResourceReconciler,
  type ResourceReconcilerOptions,
  sameValue,
} from './resource-reconciler.ts'
export { Tracker } from './tracker.ts'
export { WorkQueue, type WorkQueueOptions } from './work-queue.ts'
