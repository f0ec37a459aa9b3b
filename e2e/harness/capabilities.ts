import { deployments, nodes } from '@knative-ts/apis'
import { isNotFound, type KubeClient } from '@knative-ts/kube'

/** What pods of this cluster can have, beyond being processes with an address. */
export interface Capabilities {
  /** A user, a root file system, devices and limits of their own. */
  isolation: boolean
  /** Volumes that appear at their mount path. */
  mounts: boolean
  /** Containers that choose their ports themselves. */
  ownPorts: boolean
  /** Images pulled from a registry, by digest. */
  registry: boolean
  /** Scheduling by CPU and memory, resource quotas. */
  scheduling: boolean
  /** Services of class `hpa.autoscaling.knative.dev`. */
  hpaClass: boolean
}

export type Capability = keyof Capabilities

/** In words, for people who read why a test does not apply. */
export const capabilityNames: Readonly<Record<Capability, string>> = {
  isolation: 'containers with their own user, files and limits',
  mounts: 'volumes at their mount path',
  ownPorts: 'containers on ports of their choice',
  registry: 'an image registry',
  scheduling: 'a scheduler and resource quotas',
  hpaClass: 'autoscaler-hpa',
}

const processRuntime = 'process://'

/**
 * What a cluster with nodes of these container runtimes can do. Local mode runs containers as plain
 * processes of the host.
 */
export function capabilitiesOf(containerRuntimes: readonly string[]): Omit<Capabilities, 'hpaClass'> {
  const containers = !containerRuntimes.some((runtime) => runtime.startsWith(processRuntime))
  return {
    isolation: containers,
    mounts: containers,
    ownPorts: containers,
    registry: containers,
    scheduling: containers,
  }
}

/** Looks at the cluster's nodes and at which parts of Knative are installed. */
export async function detectCapabilities(client: KubeClient): Promise<Capabilities> {
  const { items } = await client.list(nodes)
  return {
    ...capabilitiesOf(items.map((node) => node.status?.nodeInfo?.containerRuntimeVersion ?? '')),
    hpaClass: await hasAutoscalerHpa(client),
  }
}

async function hasAutoscalerHpa(client: KubeClient): Promise<boolean> {
  try {
    await client.get(deployments, 'knative-serving', 'autoscaler-hpa')
    return true
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}
