import { pods, revisionLabelKey, type V1Pod } from '@knative-ts/apis'
import type { KubeClient } from '@knative-ts/kube'
import { type PodProcess, podProcesses } from './proc-processes.ts'

/** What a component takes: its memory, and its processor time since it started. */
export interface Usage {
  readonly rssMB: number
  readonly cpuUs: number
}

export type UsageByComponent = ReadonlyMap<string, Usage>

const systemNamespaces = ['knative-serving', 'kourier-system']

/** What every component takes now, all its processes together; nothing where they run on other machines. */
export async function readUsage(client: KubeClient): Promise<UsageByComponent> {
  const { items } = await client.list(pods)
  return usageOf(items, podProcesses())
}

/** Adds up processes by the component that their pod belongs to, and by container in pods of revisions. */
export function usageOf(all: readonly V1Pod[], processes: readonly PodProcess[]): UsageByComponent {
  const podOf = new Map(all.map((pod) => [pod.metadata.uid, pod]))
  const usage = new Map<string, Usage>()
  for (const { podUid, command, rssMB, cpuUs } of processes) {
    const pod = podOf.get(podUid)
    const component = pod && componentOf(pod, command)
    if (component === undefined) continue
    const before = usage.get(component) ?? { rssMB: 0, cpuUs: 0 }
    usage.set(component, { rssMB: before.rssMB + rssMB, cpuUs: before.cpuUs + cpuUs })
  }
  return usage
}

function componentOf({ metadata }: V1Pod, command: string): string | undefined {
  if (command === '/pause') return undefined // holds the pod's network
  if (systemNamespaces.includes(metadata.namespace ?? '')) return metadata.labels?.['app']
  if (!metadata.labels?.[revisionLabelKey]) return undefined
  return command.includes('queue-proxy') ? 'queue-proxy' : 'user-container'
}

/** Processor time between two looks, µs, by component; a component that was restarted meanwhile is left out. */
export function cpuBetween(before: UsageByComponent, after: UsageByComponent): Map<string, number> {
  const spent = new Map<string, number>()
  for (const [component, { cpuUs }] of after) {
    const earlierUs = before.get(component)?.cpuUs
    if (earlierUs !== undefined && cpuUs >= earlierUs) spent.set(component, cpuUs - earlierUs)
  }
  return spent
}
