export { ownedMetadata } from './owned-metadata.ts'
export { writeOwnedObject } from './owned-object-writer.ts'
export {
  isOfClass,
  type PodAutoscalerControllerOptions,
  podAutoscalerController,
  podAutoscalerKeyReconciler,
} from './pod-autoscaler-controller.ts'
export { type PodAutoscalerWithStatus, withStatus } from './pod-autoscaler-status.ts'
export { writeServerlessService } from './serverless-service.ts'
