import { type ChildProcess, spawn } from 'node:child_process'
import type { Clock } from '@knative-ts/clock'
import type { ContainerLog } from './container-log.ts'

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

/** One run of a container: a process group of its own, so that nothing it starts outlives it. */
export class ContainerProcess {
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
    this.exited = new Promise((resolve) => {
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
  }

  get running(): boolean {
    return this.#running
  }

  /** Sends a signal to the process and all its descendants. */
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
