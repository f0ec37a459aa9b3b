import {
  configurationLabelKey,
  controllerReference,
  type KubeObject,
  type Metric,
  type PodAutoscaler,
  type PodAutoscalerStatus,
  podAutoscalers,
  revisionLabelKey,
  revisionUIDLabelKey,
  type ServerlessService,
  type ServerlessServiceMode,
  serviceLabelKey,
  type V1ConfigMap,
  type V1Deployment,
  type V1Pod,
} from '@knative-ts/apis'
import { testMeta } from '@knative-ts/apis/testing'
import { parseAutoscalerConfig } from '@knative-ts/config'

export const revision = 'hello-00001'
export const namespace = 'default'
export const revisionKey = `${namespace}/${revision}`

/** The shipped configuration with some keys changed. */
export const autoscalerConfig = (data: Record<string, string> = {}) => parseAutoscalerConfig(data)

export const labels = {
  [serviceLabelKey]: 'hello',
  [configurationLabelKey]: 'hello',
  [revisionLabelKey]: revision,
}

/** A PodAutoscaler of class KPA. */
export function podAutoscaler(
  change: { annotations?: Record<string, string>; status?: Partial<PodAutoscalerStatus> } & Partial<
    PodAutoscaler['spec']
  > = {},
): PodAutoscaler {
  const { annotations, status, ...spec } = change
  return {
    metadata: testMeta(revision, namespace, {
      uid: 'pa-uid',
      labels,
      annotations: {
        'autoscaling.knative.dev/class': 'kpa.autoscaling.knative.dev',
        'autoscaling.knative.dev/metric': 'concurrency',
        ...annotations,
      },
    }),
    spec: {
      containerConcurrency: 0,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: `${revision}-deployment` },
      reachability: 'Reachable',
      protocolType: 'http1',
      ...spec,
    },
    ...(status
      ? { status: { serviceName: '', metricsServiceName: '', observedGeneration: 1, ...status } }
      : {}),
  }
}

/** RFC 3339 of a time so many seconds before `nowMs`. */
export function ago(nowMs: number, seconds: number): string {
  return new Date(nowMs - seconds * 1000).toISOString().replace('.000Z', 'Z')
}

function ownedByPa<T extends KubeObject>(object: T): T {
  object.metadata.ownerReferences = [controllerReference(podAutoscalers, podAutoscaler())]
  return object
}

/** The PodAutoscaler's ServerlessService, ready. */
export function serverlessService(
  change: {
    mode?: ServerlessServiceMode
    numActivators?: number
    ready?: boolean
    proxiedSince?: string
    privateServiceName?: string
  } = {},
): ServerlessService {
  const { mode = 'Serve', numActivators = 2, ready = true, proxiedSince } = change
  return ownedByPa({
    metadata: testMeta(revision, namespace, { labels }),
    spec: {
      mode,
      objectRef: podAutoscaler().spec.scaleTargetRef,
      protocolType: 'http1',
      numActivators,
    },
    status: {
      observedGeneration: 1,
      serviceName: revision,
      privateServiceName: change.privateServiceName ?? `${revision}-private`,
      conditions: [
        ...(proxiedSince === undefined
          ? []
          : [
              {
                type: 'ActivatorEndpointsPopulated',
                status: 'True' as const,
                severity: 'Info' as const,
                lastTransitionTime: proxiedSince,
              },
            ]),
        ready
          ? { type: 'Ready', status: 'True' as const }
          : {
              type: 'Ready',
              status: 'Unknown' as const,
              reason: 'NoHealthyBackends',
              message: 'K8s Service is not ready',
            },
      ],
    },
  })
}

/** The PodAutoscaler's Metric with the default windows. */
export function metric(spec: Partial<Metric['spec']> = {}, annotations: Record<string, string> = {}): Metric {
  return ownedByPa({
    metadata: testMeta(revision, namespace, { labels, annotations }),
    spec: { stableWindow: 60e9, panicWindow: 6e9, scrapeTarget: `${revision}-private`, ...spec },
  })
}

export function deployment(replicas?: number): V1Deployment {
  return {
    metadata: testMeta(`${revision}-deployment`, namespace, {
      labels: { ...labels, [revisionUIDLabelKey]: 'revision-uid' },
    }),
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      selector: { matchLabels: { [revisionUIDLabelKey]: 'revision-uid' } },
      template: {},
    },
  }
}

/** A pod of the revision. */
export function pod(
  name: string,
  change: { phase?: string; ready?: boolean; ip?: string; terminating?: boolean; startTime?: string } = {},
): V1Pod {
  const { phase = 'Running', ready = true, ip = '10.0.0.1', terminating = false, startTime } = change
  return {
    metadata: testMeta(name, namespace, {
      labels: { ...labels, [revisionUIDLabelKey]: 'revision-uid' },
      ...(terminating ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    }),
    status: {
      phase,
      podIP: ip,
      ...(startTime === undefined ? {} : { startTime }),
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    },
  }
}

/** So many ready pods. */
export function readyPods(count: number): V1Pod[] {
  return Array.from({ length: count }, (_, i) => pod(`pod-${i}`, { ip: `10.0.0.${i + 1}` }))
}

export function configMap(name: string, data: Record<string, string> = {}): V1ConfigMap {
  return { metadata: testMeta(name, 'knative-serving'), data }
}
