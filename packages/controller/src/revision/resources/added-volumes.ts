import {
  queueProxyPodInfoAnnotationKey,
  type Revision,
  type V1Container,
  type V1EnvVar,
  type V1Volume,
  type V1VolumeMount,
} from '@knative-ts/apis'
import type { RevisionConfig } from '../config.ts'

/** Secret with the certificate under which a queue-proxy serves; also the name of its Certificate. */
export const servingCertsName = 'serving-certs'

const tokenExpirationSeconds = 3600

/** Volumes that Knative adds to the pod, and what the queue-proxy mounts of them. */
export interface AddedVolumes {
  readonly volumes: V1Volume[]
  readonly queueMounts: V1VolumeMount[]
}

const podInfoVolume: V1Volume = {
  name: 'pod-info',
  downwardAPI: { items: [{ path: 'annotations', fieldRef: { fieldPath: 'metadata.annotations' } }] },
}

const serverCertsVolume: V1Volume = { name: 'server-certs', secret: { secretName: servingCertsName } }

const varLogVolume: V1Volume = { name: 'knative-var-log', emptyDir: {} }

/** The volumes that configuration and annotations ask for, in their fixed order. */
export function makeAddedVolumes(revision: Revision, config: RevisionConfig): AddedVolumes {
  const volumes: V1Volume[] = []
  const queueMounts: V1VolumeMount[] = []
  if (wantsPodInfo(revision, config)) {
    volumes.push(podInfoVolume)
    queueMounts.push({ name: podInfoVolume.name, mountPath: '/etc/podinfo', readOnly: true })
  }
  const audiences = config.deployment.queueSidecarTokenAudiences
  if (audiences.length > 0) {
    const volume = makeTokenVolume(audiences)
    volumes.push(volume)
    queueMounts.push({ name: volume.name, mountPath: '/var/run/secrets/tokens' })
  }
  if (config.network.systemInternalTLS) {
    volumes.push(serverCertsVolume)
    queueMounts.push({ name: serverCertsVolume.name, mountPath: '/var/lib/knative/certs', readOnly: true })
  }
  if (config.observability.enableVarLogCollection) volumes.push(varLogVolume)
  return { volumes, queueMounts }
}

/** Lets the node's log collector find what a user container writes below /var/log. */
export function withVarLog(container: V1Container): V1Container {
  return {
    ...container,
    volumeMounts: [
      ...(container.volumeMounts ?? []),
      {
        name: varLogVolume.name,
        mountPath: '/var/log',
        subPathExpr: `$(K_INTERNAL_POD_NAMESPACE)_$(K_INTERNAL_POD_NAME)_${container.name}`,
      },
    ],
    env: [
      ...(container.env ?? []),
      podField('K_INTERNAL_POD_NAME', 'metadata.name'),
      podField('K_INTERNAL_POD_NAMESPACE', 'metadata.namespace'),
    ],
  }
}

function wantsPodInfo(revision: Revision, { features }: RevisionConfig): boolean {
  const flag = features.flags['queueproxy.mount-podinfo']
  if (flag === 'Enabled') return true
  const asked = revision.metadata.annotations?.[queueProxyPodInfoAnnotationKey]?.toLowerCase() === 'enabled'
  return flag === 'Allowed' && asked
}

function makeTokenVolume(audiences: readonly string[]): V1Volume {
  const sources = [...audiences].sort().map((audience) => ({
    serviceAccountToken: { audience, expirationSeconds: tokenExpirationSeconds, path: audience },
  }))
  return { name: 'knative-token-volume', projected: { sources } }
}

function podField(name: string, fieldPath: string): V1EnvVar {
  return { name, valueFrom: { fieldRef: { fieldPath } } }
}
