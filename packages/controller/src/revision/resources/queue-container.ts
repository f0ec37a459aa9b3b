import {
  autoscalingQueueMetricsPort,
  autoscalingQueueMetricsPortName,
  backendHTTPSPort,
  profilingPort,
  queueContainerName,
  queuePortName,
  type Revision,
  userQueueMetricsPort,
  userQueueMetricsPortName,
  type V1Container,
  type V1ContainerPort,
  type V1VolumeMount,
} from '@knative-ts/apis'
import type { Installation, RevisionConfig } from '../config.ts'
import { makeQueueReadinessProbe } from './probes.ts'
import { makeQueueEnv } from './queue-env.ts'
import { makeQueueResources } from './queue-resources.ts'
import { queueServingPortOf, servingContainerOf } from './serving-container.ts'

/**
 * The sidecar in front of the user's server.
 * @throws SidecarProbePortError
 */
export function makeQueueContainer(
  revision: Revision,
  config: RevisionConfig,
  installation: Installation,
  volumeMounts: V1VolumeMount[],
): V1Container {
  const servingPort = queueServingPortOf(revision.spec)
  const serving = servingContainerOf(revision.spec)
  const userProbe = serving?.readinessProbe
  return {
    name: queueContainerName,
    image: config.deployment.queueSidecarImage,
    resources: makeQueueResources({
      deployment: config.deployment,
      useDefaults: config.features.flags['queueproxy.resource-defaults'] === 'Enabled',
      annotations: revision.metadata.annotations ?? {},
      serving,
    }),
    ports: makePorts(servingPort, config.observability.runtime.profiling),
    ...(userProbe ? { readinessProbe: makeQueueReadinessProbe(userProbe, servingPort) } : {}),
    ...(volumeMounts.length > 0 ? { volumeMounts } : {}),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    env: makeQueueEnv(revision, config, installation),
  }
}

function makePorts(servingPort: number, profiling: boolean): V1ContainerPort[] {
  return [
    { name: autoscalingQueueMetricsPortName, containerPort: autoscalingQueueMetricsPort },
    { name: userQueueMetricsPortName, containerPort: userQueueMetricsPort },
    ...(profiling ? [{ name: 'profiling-port', containerPort: profilingPort }] : []),
    { name: queuePortName, containerPort: servingPort },
    { name: 'https-port', containerPort: backendHTTPSPort },
  ]
}
