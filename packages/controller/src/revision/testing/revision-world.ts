import {
  deployments,
  images,
  type PodAutoscaler,
  podAutoscalers,
  type Revision,
  type V1Deployment,
  type V1Pod,
} from '@knative-ts/apis'
import { testMeta } from '@knative-ts/apis/testing'
import { type Existing, existing } from '@knative-ts/reconciler/testing'
import { type ConfigData, testConfig } from '../../testing/config.ts'
import { makeDeployment } from '../resources/deployment.ts'
import { makeImageCache } from '../resources/image-cache.ts'
import { makePodAutoscaler, withDefaultClass } from '../resources/pod-autoscaler.ts'
import { testInstallation, testRevision, withStatus } from './revision-fixtures.ts'

export type DeploymentStatus = NonNullable<V1Deployment['status']>
type PodStatus = NonNullable<V1Pod['status']>

export const progressing = (status: string, reason = '', message = '') => ({
  type: 'Progressing',
  status,
  reason,
  message,
})
export const available: DeploymentStatus = {
  replicas: 1,
  readyReplicas: 1,
  availableReplicas: 1,
  conditions: [progressing('True', 'NewReplicaSetAvailable')],
}
export const timedOut = progressing('False', 'ProgressDeadlineExceeded', 'it took too long')

export function deploymentOf(
  revision: Revision,
  status?: DeploymentStatus,
  config?: ConfigData,
): V1Deployment {
  return { ...makeDeployment(revision, testConfig(config), testInstallation), ...(status ? { status } : {}) }
}

export function podAutoscalerOf(
  revision: Revision,
  deployment: V1Deployment,
  conditions: Readonly<Record<string, string | undefined>> = {},
  rest: Partial<PodAutoscaler['status']> = {},
): PodAutoscaler {
  return {
    ...withDefaultClass(makePodAutoscaler(revision, deployment), 'kpa.autoscaling.knative.dev'),
    status: {
      serviceName: '',
      metricsServiceName: '',
      ...rest,
      conditions: Object.entries(conditions).map(([type, text = '']) => {
        const [status = '', reason = '', ...message] = text.split(' ')
        return { type, status: status as 'True', reason, message: message.join(' ') }
      }),
    },
  }
}

export const podOf = (revision: Revision, status: PodStatus): V1Pod => ({
  metadata: testMeta('pod', 'default', {
    labels: { 'serving.knative.dev/revisionUID': revision.metadata.uid ?? '' },
  }),
  spec: { containers: [] },
  status,
})

/** A revision that has all its objects, and what they say. */
export function running(
  deploymentStatus: DeploymentStatus,
  pa: {
    conditions?: Readonly<Record<string, string | undefined>>
    status?: Partial<PodAutoscaler['status']>
  } = {},
  revision = withStatus(testRevision()),
): { revision: Revision; world: Existing[] } {
  const deployment = deploymentOf(revision, deploymentStatus)
  return {
    revision,
    world: [
      existing(deployments, deployment),
      existing(podAutoscalers, podAutoscalerOf(revision, deployment, pa.conditions, pa.status)),
      existing(images, makeImageCache(revision, { name: 'user-container' })),
    ],
  }
}

export const serving = {
  conditions: { Ready: 'True', ScaleTargetInitialized: 'True' },
  status: { serviceName: 'hello-00001', desiredScale: 1, actualScale: 1 },
}
