import { type Revision, revisionLabelKey, type V1Container, type V1PodSpec } from '@knative-ts/apis'
import { bestMatch } from '@knative-ts/config'
import type { Installation, RevisionConfig } from '../config.ts'
import { makeAddedVolumes, withVarLog } from './added-volumes.ts'
import { makeQueueContainer } from './queue-container.ts'
import { makeUserContainers } from './user-containers.ts'

/**
 * The pod of a revision: what the user asked for, made fit to be served through the queue-proxy.
 * @throws SidecarProbePortError
 */
export function makePodSpec(
  revision: Revision,
  config: RevisionConfig,
  installation: Installation,
): V1PodSpec {
  const {
    containerConcurrency: _concurrency,
    timeoutSeconds,
    responseStartTimeoutSeconds: _responseStart,
    idleTimeoutSeconds: _idle,
    ...podSpec
  } = revision.spec
  const added = makeAddedVolumes(revision, config)
  const volumes = [...(podSpec.volumes ?? []), ...added.volumes]
  const enableServiceLinks = podSpec.enableServiceLinks ?? config.defaults.enableServiceLinks
  const runtimeClassName =
    podSpec.runtimeClassName ?? bestMatch(config.deployment.runtimeClassNames, revision.metadata.labels ?? {})
  const affinity = podSpec.affinity ?? makeDefaultAffinity(revision, config)
  return {
    ...podSpec,
    containers: [
      ...makeContainers(revision, config),
      makeQueueContainer(revision, config, installation, added.queueMounts),
    ],
    ...(volumes.length > 0 ? { volumes } : {}),
    ...(timeoutSeconds === undefined ? {} : { terminationGracePeriodSeconds: timeoutSeconds }),
    ...(enableServiceLinks === undefined ? {} : { enableServiceLinks }),
    ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
    ...(affinity === undefined ? {} : { affinity }),
  }
}

function makeContainers(revision: Revision, config: RevisionConfig): V1Container[] {
  const probing = config.features.flags['multi-container-probing'] === 'Enabled'
  const containers = makeUserContainers(revision, probing)
  return config.observability.enableVarLogCollection ? containers.map(withVarLog) : containers
}

/** Asks the scheduler to spread the revision's pods over nodes. */
function makeDefaultAffinity(revision: Revision, { deployment }: RevisionConfig): V1PodSpec['affinity'] {
  if (deployment.defaultAffinityType === 'none') return undefined
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: {
            topologyKey: 'kubernetes.io/hostname',
            labelSelector: { matchLabels: { [revisionLabelKey]: revision.metadata.name ?? '' } },
          },
        },
      ],
    },
  }
}
