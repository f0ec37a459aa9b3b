import {
  type ConditionStatus,
  controllerReference,
  hpaClass,
  type PodAutoscaler,
  type PodAutoscalerStatus,
  podAutoscalers,
  type ServerlessService,
  type V1HorizontalPodAutoscaler,
} from '@knative-ts/apis'
import { testMeta } from '@knative-ts/apis/testing'
import { desiredAutoscaler } from '../desired-autoscaler.ts'
import { hpaConfig } from './config.ts'

export const revision = 'hello-00001'
const labels = { 'serving.knative.dev/revision': revision }

/** Annotations given by their names without `autoscaling.knative.dev/`. */
export function scaling(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`autoscaling.knative.dev/${name}`, value]),
  )
}

/** A PodAutoscaler of class HPA. */
export function podAutoscaler(
  annotations: Record<string, string> = {},
  change: { spec?: Partial<PodAutoscaler['spec']>; status?: Partial<PodAutoscalerStatus> } = {},
): PodAutoscaler {
  return {
    metadata: testMeta(revision, 'default', {
      uid: 'pa-uid',
      labels,
      annotations: scaling({ class: hpaClass, metric: 'cpu', ...annotations }),
    }),
    spec: {
      containerConcurrency: 0,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: `${revision}-deployment` },
      reachability: 'Reachable',
      protocolType: 'http1',
      ...change.spec,
    },
    ...(change.status
      ? { status: { serviceName: '', metricsServiceName: '', observedGeneration: 1, ...change.status } }
      : {}),
  }
}

/** The HorizontalPodAutoscaler that belongs to a PodAutoscaler, as far as Kubernetes has got with it. */
export function autoscalerOf(
  pa: PodAutoscaler,
  replicas: { current: number; desired: number } = { current: 1, desired: 1 },
): V1HorizontalPodAutoscaler {
  const { metadata, spec } = desiredAutoscaler(pa, hpaConfig())
  return {
    metadata: testMeta(revision, 'default', metadata),
    spec,
    status: { currentReplicas: replicas.current, desiredReplicas: replicas.desired },
  }
}

/** The PodAutoscaler's ServerlessService. */
export function serverlessService(
  change: { ready?: ConditionStatus; spec?: Partial<ServerlessService['spec']> } = {},
): ServerlessService {
  return {
    metadata: testMeta(revision, 'default', {
      labels,
      ownerReferences: [controllerReference(podAutoscalers, podAutoscaler())],
    }),
    spec: {
      mode: 'Serve',
      objectRef: podAutoscaler().spec.scaleTargetRef,
      protocolType: 'http1',
      ...change.spec,
    },
    status: {
      observedGeneration: 1,
      serviceName: revision,
      privateServiceName: `${revision}-private`,
      conditions: [{ type: 'Ready', status: change.ready ?? 'True' }],
    },
  }
}
