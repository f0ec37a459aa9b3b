import {
  configurationLabelKey,
  queueAdminPort,
  type Revision,
  serviceLabelKey,
  userPortName,
  type V1Container,
  type V1EnvVar,
} from '@knative-ts/apis'
import { isNetworkProbe, makeLivenessProbe } from './probes.ts'
import { servingContainerOf, userPortOf } from './serving-container.ts'

/** Path at which the queue-proxy holds a stopping container until its requests are answered. */
const drainPath = '/wait-for-drain'

/** The user's containers as they run in the pod. */
export function makeUserContainers(revision: Revision, multiContainerProbing: boolean): V1Container[] {
  const serving = servingContainerOf(revision.spec)
  return revision.spec.containers.map((container) =>
    container === serving
      ? makeServingContainer(revision, container, multiContainerProbing)
      : makeContainer(revision, container, []),
  )
}

function makeServingContainer(
  revision: Revision,
  container: V1Container,
  multiContainerProbing: boolean,
): V1Container {
  const userPort = userPortOf(revision.spec)
  const { livenessProbe } = container
  return {
    ...makeContainer(revision, container, [{ name: 'PORT', value: String(userPort) }]),
    ...(livenessProbe
      ? { livenessProbe: makeLivenessProbe(livenessProbe, userPort, multiContainerProbing) }
      : {}),
    ports: [{ name: userPortName, containerPort: userPort }],
  }
}

function makeContainer(revision: Revision, container: V1Container, portEnv: V1EnvVar[]): V1Container {
  const { ports: _, readinessProbe, ...rest } = container
  const digest = revision.status?.containerStatuses?.find(({ name }) => name === container.name)?.imageDigest
  return {
    ...rest,
    ...(digest ? { image: digest } : {}),
    ...(readinessProbe && !isNetworkProbe(readinessProbe) ? { readinessProbe } : {}),
    env: [...(container.env ?? []), ...portEnv, ...runtimeEnv(revision)],
    lifecycle: { preStop: { httpGet: { port: queueAdminPort, path: drainPath } } },
    stdin: false,
    tty: false,
    terminationMessagePolicy: container.terminationMessagePolicy || 'FallbackToLogsOnError',
  }
}

function runtimeEnv({ metadata: { name = '', labels = {} } }: Revision): V1EnvVar[] {
  return [
    { name: 'K_REVISION', value: name },
    { name: 'K_CONFIGURATION', value: labels[configurationLabelKey] ?? '' },
    { name: 'K_SERVICE', value: labels[serviceLabelKey] ?? '' },
  ]
}
