/** Labels and annotations of the serving group. */
const serving = 'serving.knative.dev'

export const serviceLabelKey = `${serving}/service`
export const serviceUIDLabelKey = `${serving}/serviceUID`
export const configurationLabelKey = `${serving}/configuration`
export const configurationGenerationLabelKey = `${serving}/configurationGeneration`
export const configurationUIDLabelKey = `${serving}/configurationUID`
export const revisionLabelKey = `${serving}/revision`
export const revisionUIDLabelKey = `${serving}/revisionUID`
export const routeLabelKey = `${serving}/route`
export const routeNamespaceLabelKey = `${serving}/routeNamespace`
export const routingStateLabelKey = `${serving}/routingState`
export const deploymentHashLabelKey = `${serving}/deployment-hash`

export const creatorAnnotationKey = `${serving}/creator`
export const updaterAnnotationKey = `${serving}/lastModifier`
export const routesAnnotationKey = `${serving}/routes`
export const routingStateModifiedAnnotationKey = `${serving}/routingStateModified`
export const revisionLastPinnedAnnotationKey = `${serving}/lastPinned`
export const revisionPreservedAnnotationKey = `${serving}/no-gc`
export const progressDeadlineAnnotationKey = `${serving}/progress-deadline`
/** First spelling wins. */
export const rolloutDurationAnnotationKeys = [
  `${serving}/rollout-duration`,
  `${serving}/rolloutDuration`,
] as const

export const httpFullDuplexAnnotationKey = 'features.knative.dev/http-full-duplex'
export const queueProxyPodInfoAnnotationKey = 'features.knative.dev/queueproxy-podinfo'

const sidecar = `queue.sidecar.${serving}`
export const queueSidecarResourcePercentageAnnotationKeys = [
  `${sidecar}/resource-percentage`,
  `${sidecar}/resourcePercentage`,
] as const
export const queueSidecarResourceAnnotationKey = (
  resource: 'cpu' | 'memory' | 'ephemeral-storage',
  bound: 'request' | 'limit',
): string => `${sidecar}/${resource}-resource-${bound}`

export const lastAppliedAnnotationKey = 'kubectl.kubernetes.io/last-applied-configuration'

export type RoutingState = 'active' | 'reserve' | 'pending'

export const queueContainerName = 'queue-proxy'
export const userPortName = 'user-port'
export const defaultUserPort = 8080
