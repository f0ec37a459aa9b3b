/**
 * The program of `ProcessHost`: starts and signals processes as it is told over its IPC channel, writes their logs, and tells
 * when they end. When the channel closes, everything it started is killed.
 */
import { systemClock } from '@knative-ts/clock'
import { type RunningProcess, startChild } from './container-process.ts'
import type { HostNote, HostOrder } from './host-messages.ts'

/** What a shell exits with when a command can't be run. */
const cannotRun = 126

const start = startChild(systemClock)
const running = new Map<number, RunningProcess>()

function tell(note: HostNote): void {
  process.send?.(note, undefined, undefined, () => {
    // Nobody listens any more; the channel's end is handled below.
  })
}

async function run({ id, spec, logFile }: Extract<HostOrder, { kind: 'start' }>): Promise<void> {
  const child = await start(spec, logFile).catch((error: unknown) => {
    const lastOutput = error instanceof Error ? error.message : String(error)
    tell({ kind: 'ended', id, exit: { code: cannotRun, signal: undefined, lastOutput } })
  })
  if (!child) return
  running.set(id, child)
  tell({ kind: 'started', id, pid: child.pid })
  const exit = await child.exited
  running.delete(id)
  tell({ kind: 'ended', id, exit })
}

process.on('message', (order: HostOrder) => {
  if (order.kind === 'start') void run(order)
  else running.get(order.id)?.kill(order.signal)
})
process.once('disconnect', () => {
  for (const child of running.values()) child.kill('SIGKILL')
  process.exit(0)
})
