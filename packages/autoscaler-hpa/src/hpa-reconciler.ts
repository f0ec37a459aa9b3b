import {
  conditionOf,
  initialScaleOf,
  markActive,
  markScaleTargetInitialized,
  markSKSNotReady,
  markSKSReady,
  type PodAutoscaler,
  podAutoscalerConditionScaleTargetInitialized,
  type ScaleDefaults,
  type ServerlessService,
  scaleBounds,
  serverlessServiceConditions,
  type V1HorizontalPodAutoscaler,
} from '@knative-ts/apis'
import type { KubeClient, Lister } from '@knative-ts/kube'
import { done, type KindReconciler, type Outcome } from '@knative-ts/reconciler'
import {
  type PodAutoscalerWithStatus,
  withStatus,
  writeServerlessService,
} from '@knative-ts/reconciler/pod-autoscaler'
import { desiredAutoscaler } from './desired-autoscaler.ts'
import { writeAutoscaler } from './write-autoscaler.ts'

/** All of them: nothing here takes the activator out of the path by load. */
const allActivators = 0

export interface HpaReconcilerOptions {
  client: KubeClient
  autoscalers: Lister<V1HorizontalPodAutoscaler>
  serverlessServices: Lister<ServerlessService>
  config: () => ScaleDefaults
}

/** Leaves the scaling of a revision to Kubernetes' HorizontalPodAutoscaler, and reports what that does. */
export class HpaReconciler implements KindReconciler<PodAutoscaler> {
  readonly #options: HpaReconcilerOptions

  constructor(options: HpaReconcilerOptions) {
    this.#options = options
  }

  async reconcileKind(object: PodAutoscaler): Promise<Outcome> {
    const pa = withStatus(object)
    const { client, autoscalers, serverlessServices } = this.#options
    const defaults = this.#options.config()
    const hpa = await writeAutoscaler(client, autoscalers, pa, desiredAutoscaler(pa, defaults))
    const sks = await writeServerlessService(client, serverlessServices, pa, 'Serve', allActivators)
    report(pa, hpa, sks, defaults)
    return done
  }
}

/** Writes what was found into the status. */
function report(
  pa: PodAutoscalerWithStatus,
  hpa: V1HorizontalPodAutoscaler,
  sks: ServerlessService,
  defaults: ScaleDefaults,
): void {
  const { status } = pa
  const { currentReplicas = 0, desiredReplicas = 0 } = hpa.status ?? {}
  status.serviceName = sks.status?.serviceName ?? ''
  status.metricsServiceName = sks.status?.privateServiceName ?? ''
  if (serverlessServiceConditions.isReady(sks)) {
    markSKSReady(status)
    const wanted = Math.max(scaleBounds(pa, defaults).min, initialScaleOf(pa, defaults))
    const initialized = conditionOf(status, podAutoscalerConditionScaleTargetInitialized)?.status === 'True'
    if (!initialized && currentReplicas >= wanted) markScaleTargetInitialized(status)
  } else {
    markSKSNotReady(status, 'SKS Services are not ready yet')
  }
  markActive(status)
  status.desiredScale = desiredReplicas
  status.actualScale = currentReplicas
}
