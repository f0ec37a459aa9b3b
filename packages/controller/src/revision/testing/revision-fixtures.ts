import {
  configurationGenerationLabelKey,
  configurationLabelKey,
  configurations,
  controllerReference,
  type Revision,
  revisionConditions,
  routingStateLabelKey,
  serviceLabelKey,
} from '@knative-ts/apis'
import { withChange } from '@knative-ts/apis/testing'
import type { Installation } from '../config.ts'

export const testInstallation: Installation = {
  systemNamespace: 'knative-serving',
  autoscalerStatsAddress: 'autoscaler.knative-serving.svc.cluster.local:8081',
}

/** The revision `hello-00001` as the Configuration `hello` makes it, its image at a skipped registry. */
export function testRevision(change: (revision: Revision) => void = () => {}): Revision {
  const configuration = { metadata: { name: 'hello', uid: 'configuration-uid' } }
  const base: Revision = {
    metadata: {
      name: 'hello-00001',
      namespace: 'default',
      uid: 'revision-uid',
      generation: 1,
      labels: {
        [configurationLabelKey]: 'hello',
        [configurationGenerationLabelKey]: '1',
        [serviceLabelKey]: 'hello',
        [routingStateLabelKey]: 'active',
      },
      annotations: {},
      ownerReferences: [controllerReference(configurations, configuration)],
    },
    spec: {
      containerConcurrency: 0,
      timeoutSeconds: 300,
      responseStartTimeoutSeconds: 300,
      idleTimeoutSeconds: 0,
      containers: [
        {
          name: 'user-container',
          image: 'dev.local/hello',
          readinessProbe: { tcpSocket: { port: 0 }, successThreshold: 1 },
          resources: {},
        },
      ],
    },
  }
  return withChange(base, change)
}

/** Adds the digests and conditions of a revision that has been seen before. */
export function withStatus(revision: Revision): Revision {
  return withChange(revision, (copy) => {
    copy.status = {
      observedGeneration: 1,
      containerStatuses: copy.spec.containers.map(({ name }) => ({ name })),
      initContainerStatuses: (copy.spec.initContainers ?? []).map(({ name }) => ({ name })),
    }
    revisionConditions.initialize(copy.status)
  })
}
