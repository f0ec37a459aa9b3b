import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const established = '01'
/** Where activator and queue-proxy take requests. */
const servingPorts: ReadonlySet<number> = new Set([8012, 8013])

/** How many connections a process has accepted on the ports for requests, by `/proc`. */
export function servedConnections(pid: number): number {
  const inodes = new Set<string>()
  for (const fd of readdirSync(`/proc/${pid}/fd`)) inodes.add(targetOf(`/proc/${pid}/fd/${fd}`))
  return ['tcp', 'tcp6']
    .flatMap((family) => readFileSync(`/proc/${pid}/net/${family}`, 'latin1').split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state, , , , , , inode]) => {
      const port = Number.parseInt(local.split(':')[1] ?? '', 16)
      return state === established && servingPorts.has(port) && inodes.has(`socket:[${inode}]`)
    }).length
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    return '' // closed meanwhile
  }
}
