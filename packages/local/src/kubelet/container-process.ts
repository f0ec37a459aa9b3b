import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock } from '@knative-ts/clock'
import { ContainerLog } from './container-log.ts'

export interface ProcessSpec {
  command: readonly string[]
  folder: string
  env: Readonly<Record<string, string>>
}

/** How a process ended. */
export interface ProcessExit {
  code: number
  /** Set when a signal ended it. */
  signal: number | undefined
  /** The end of its output, at most 2 KiB. */
  lastOutput: string
}

/** One run of a container. */
export interface RunningProcess {
  readonly pid: number
  readonly running: boolean
  /** Resolves when the process is gone and all its output is in the log. Never rejects. */
  readonly exited: Promise<ProcessExit>
  /** Sends a signal to the process and all its descendants. */
  kill(signal: NodeJS.Signals): void
}

/** Starts a process whose output goes to `logFile`; its folder is made. */
export type StartProcess = (spec: ProcessSpec, logFile: string) => Promise<RunningProcess>

/** Starts processes as children of this one. */
export function startChild(clock: Clock): StartProcess {
  return async (spec, logFile) => {
    mkdirSync(dirname(logFile), { recursive: true })
    return new ContainerProcess(spec, new ContainerLog(logFile, clock), clock)
  }
}

const outputGraceMs = 200

const signalNumbers: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
}

/** A process group of its own, so that nothing it starts outlives it. */
export class ContainerProcess implements RunningProcess {
  readonly exited: Promise<ProcessExit>
  readonly pid: number
  readonly #child: ChildProcess
  #running = true

  /** Starts the process; rejects `exited` never: a command that cannot start exits with code 127 or 126. */
  constructor(spec: ProcessSpec, log: ContainerLog, clock: Clock) {
    const [file = '', ...args] = spec.command
    this.#child = spawn(file, args, {
      cwd: spec.folder,
      env: { ...spec.env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.pid = this.#child.pid ?? 0
    if (this.#child.stdout) log.attach(this.#child.stdout)
    if (this.#child.stderr) log.attach(this.#child.stderr)
    const exit = new Promise<Omit<ProcessExit, 'lastOutput'>>((resolve) => {
      this.#child.once('error', (error: NodeJS.ErrnoException) => {
        this.#running = false
        resolve({ code: error.code === 'EACCES' ? 126 : 127, signal: undefined })
      })
      this.#child.once('exit', (code, signal) => {
        this.#running = false
        this.#signalGroup('SIGKILL')
        const number = signal ? (signalNumbers[signal] ?? 0) : undefined
        const exit = { code: code ?? 128 + (number ?? 0), signal: number }
        // Its last output may still be on the way. A descendant that left the group can hold the pipes open
        // for ever, so this is not waited for without limit.
        const timer = clock.after(outputGraceMs, () => resolve(exit))
        this.#child.once('close', () => {
          timer.cancel()
          resolve(exit)
        })
      })
    })
    this.exited = exit.then(async (how) => {
      await log.close()
      return { ...how, lastOutput: log.tail }
    })
  }

  get running(): boolean {
    return this.#running
  }

  kill(signal: NodeJS.Signals): void {
    if (this.#running) this.#signalGroup(signal)
  }

  #signalGroup(signal: NodeJS.Signals): void {
    if (this.pid === 0) return
    try {
      process.kill(-this.pid, signal)
    } catch {
      // The group is gone already.
    }
  }
}
