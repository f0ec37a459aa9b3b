import { spawnSync } from 'node:child_process'
import { cpus, release, totalmem } from 'node:os'
import { canPin } from './pinned-process.ts'

/** Where a measurement was made, as far as it matters to its figures. */
export function describeMachine(): Readonly<Record<string, string>> {
  const go = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' })
  return {
    cpu: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    kernel: release(),
    node: process.version,
    go: go.error ? 'none' : go.stdout.trim(),
    pinned: canPin ? 'client and backend on core 0, proxy on core 1' : 'no (taskset is missing)',
  }
}
