import { readFileSync } from 'node:fs'

/** RSS of each process by the component in its command line, MB; from /proc. */
export function componentMemory(pids: readonly number[]): Record<string, number> {
  const memory: Record<string, number> = {}
  for (const pid of pids) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      const name = /([a-z-]+)\.mjs/.exec(command)?.[1] ?? command.split('\0', 1)[0]?.split('/').at(-1) ?? ''
      const status = readFileSync(`/proc/${pid}/status`, 'utf8')
      const kib = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0)
      memory[name] = Math.round(kib / 1024)
    } catch {
      // It ended meanwhile.
    }
  }
  return memory
}
