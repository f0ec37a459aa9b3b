/**
 * Loaded into a process under test by `--import`, so that its parent can ask what it holds: each message is answered with a
 * `Holdings`, after two garbage collections. Changes nothing else about the process.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What a process holds. */
export interface Holdings {
  /** Bytes of live objects and of buffers outside the heap. */
  readonly aliveBytes: number
  /** Handles and timers that keep the process busy, by kind. */
  readonly resources: Readonly<Record<string, number>>
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

process.on('message', () => {
  collectGarbage()
  setImmediate(() => {
    collectGarbage()
    const { heapUsed, external } = process.memoryUsage()
    const resources: Record<string, number> = {}
    for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1
    const holdings: Holdings = { aliveBytes: heapUsed + external, resources }
    process.send?.(holdings)
  })
})
process.on('disconnect', () => process.exit(1))
process.channel?.unref()
