import { type ChildProcess, fork } from 'node:child_process'
import type { ProcessExit, ProcessSpec, RunningProcess } from './container-process.ts'
import type { HostNote, HostOrder } from './host-messages.ts'
import { killGroup } from './process-registry.ts'

const killed: ProcessExit = { code: 137, signal: 9, lastOutput: '' }

/**
 * Starts the processes of containers through a small process of its own. Starting one costs a copy of the starter's page
 * tables, which for a process with the whole API in its memory is tens of times what it is for a small one. What the small
 * one started ends with it, and it ends when this process does.
 */
export class ProcessHost {
  readonly #module: string
  readonly #hosted = new Map<number, HostedProcess>()
  #child: ChildProcess | undefined
  #gone: Promise<void> = Promise.resolve()
  #lastId = 0

  /** @param module file of `hosted-processes.ts`, as Node can run it */
  constructor(module: string) {
    this.#module = module
  }

  /** Starts the small process, so that the first container need not wait for it. */
  open(): void {
    this.#connected()
  }

  /** Starts a process whose output goes to `logFile`. */
  start(spec: ProcessSpec, logFile: string): Promise<RunningProcess> {
    const id = ++this.#lastId
    const process = new HostedProcess((signal) => this.#send({ kind: 'signal', id, signal }))
    this.#hosted.set(id, process)
    this.#send({ kind: 'start', id, spec, logFile })
    return process.started
  }

  /** Ends the small process, and with it what it started; resolves when it is gone. */
  async close(): Promise<void> {
    if (this.#child?.connected) this.#child.disconnect()
    await this.#gone
  }

  #send(order: HostOrder): void {
    this.#connected().send(order, () => {
      // It ended meanwhile, which is told to everyone concerned.
    })
  }

  #connected(): ChildProcess {
    if (this.#child) return this.#child
    // A group of its own: the terminal's Ctrl-C is not for it.
    const child = fork(this.#module, [], {
      detached: true,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    this.#child = child
    child.on('message', (note: HostNote) => this.#onNote(note))
    this.#gone = new Promise((resolve) => {
      const over = () => {
        if (this.#child === child) this.#lose()
        resolve()
      }
      child.once('exit', over)
      child.once('error', over)
    })
    return child
  }

  #onNote(note: HostNote): void {
    const process = this.#hosted.get(note.id)
    if (note.kind === 'started') process?.noteStart(note.pid)
    else {
      this.#hosted.delete(note.id)
      process?.noteExit(note.exit)
    }
  }

  #lose(): void {
    this.#child = undefined
    const lost = [...this.#hosted.values()]
    this.#hosted.clear()
    for (const process of lost) {
      if (process.pid !== 0) killGroup(process.pid)
      process.noteExit(killed)
    }
  }
}

class HostedProcess implements RunningProcess {
  readonly started: Promise<RunningProcess>
  readonly exited: Promise<ProcessExit>
  readonly kill: (signal: NodeJS.Signals) => void
  readonly #started = Promise.withResolvers<RunningProcess>()
  readonly #exited = Promise.withResolvers<ProcessExit>()
  #pid = 0
  #running = true

  constructor(signal: (name: NodeJS.Signals) => void) {
    this.started = this.#started.promise
    this.exited = this.#exited.promise
    this.kill = (name) => {
      if (this.#running) signal(name)
    }
  }

  get pid(): number {
    return this.#pid
  }

  get running(): boolean {
    return this.#running
  }

  noteStart(pid: number): void {
    this.#pid = pid
    this.#started.resolve(this)
  }

  noteExit(exit: ProcessExit): void {
    this.#running = false
    this.#started.resolve(this)
    this.#exited.resolve(exit)
  }
}
