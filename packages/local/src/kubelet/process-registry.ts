import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'

/**
 * Remembers on disk which processes were started, so that those of a run that was killed can be ended by
 * the next one. A process is told from a later one with the same number by when it started.
 */
export class ProcessRegistry {
  readonly #file: string
  readonly #running = new Set<number>()

  /** @param file list of processes; made if absent */
  constructor(file: string) {
    this.#file = file
  }

  /** Ends what an earlier run left behind and returns how many processes that were. */
  endLeftovers(): number {
    let ended = 0
    if (existsSync(this.#file)) {
      for (const line of readFileSync(this.#file, 'utf8').split('\n')) {
        const [pid = '', startTime = ''] = line.split(' ')
        if (pid === '' || startTime === '' || startTimeOf(Number(pid)) !== startTime) continue
        killGroup(Number(pid))
        ended++
      }
    }
    writeFileSync(this.#file, '')
    return ended
  }

  add(pid: number): void {
    if (pid === 0) return
    this.#running.add(pid)
    const startTime = startTimeOf(pid)
    if (startTime) appendFileSync(this.#file, `${pid} ${startTime}\n`)
  }

  remove(pid: number): void {
    this.#running.delete(pid)
  }

  /** Processes that were started and have not ended. */
  running(): number[] {
    return [...this.#running]
  }

  /** Ends everything that still runs, at once. */
  killAll(): void {
    for (const pid of this.#running) killGroup(pid)
    this.#running.clear()
  }
}

/** Kills a process and its descendants, if they are still there. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}

/** Clock ticks after boot at which the process started, from /proc; undefined where there is none. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command, second, is in parentheses and may hold blanks; the start time is the 22nd field.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
