import { readdirSync, readFileSync } from 'node:fs'

/** A process of a pod. */
export interface PodProcess {
  readonly podUid: string
  readonly command: string
  readonly rssMB: number
  /** Processor time since its start, in user and kernel mode, µs. */
  readonly cpuUs: number
}

/** Linux counts processor time in hundredths of a second for every program. */
const tickUs = 10_000
const pageMB = 4096 / 2 ** 20

/** Processes of this machine that run in pods; none where the cluster's nodes are other machines. */
export function podProcesses(): PodProcess[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        const podUid = podUidOf(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))
        if (podUid === undefined) return []
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
        return [{ podUid, command, ...usageOf(readFileSync(`/proc/${pid}/stat`, 'utf8')) }]
      } catch {
        return [] // it ended meanwhile
      }
    })
}

/** The pod in `/proc/PID/cgroup`, with either of the kubelet's cgroup drivers. */
export function podUidOf(cgroup: string): string | undefined {
  return /pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12})/.exec(cgroup)?.[1]?.replaceAll('_', '-')
}

/** What `/proc/PID/stat` says; the name in parentheses may hold anything. */
export function usageOf(stat: string): Pick<PodProcess, 'rssMB' | 'cpuUs'> {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [userTicks = 0, kernelTicks = 0] = fields.slice(11, 13).map(Number)
  return { cpuUs: (userTicks + kernelTicks) * tickUs, rssMB: Number(fields[21]) * pageMB }
}
