import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { SoakError } from '../errors.ts'
import type { Holdings } from './diagnostics.ts'

const diagnostics = new URL('diagnostics.ts', import.meta.url).href

/** Open file descriptors by kind: `socket`, `pipe`, `anon_inode`, `file`. */
export type Descriptors = Readonly<Record<string, number>>

/** A process of the soak. It ends when the soak does. */
export class Child {
  readonly name: string
  readonly exited: Promise<void>
  readonly #process: ChildProcess
  #told = false
  #output = ''

  /** @param args of Node */
  constructor(
    name: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    onMessage?: (message: unknown) => void,
  ) {
    this.name = name
    this.#process = spawn(process.execPath, args, {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C is for the soak, which then ends its processes in order.
      detached: true,
    })
    for (const stream of [this.#process.stdout!, this.#process.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-8192)
      })
    }
    if (onMessage) this.#process.on('message', onMessage)
    this.exited = once(this.#process, 'exit').then(() => {})
  }

  /** One of our bundles, which will tell what it holds. @param command Node's arguments that run it */
  static ofBundle(name: string, command: readonly string[], env: NodeJS.ProcessEnv): Child {
    return new Child(name, ['--import', diagnostics, ...command], env)
  }

  get pid(): number {
    return this.#process.pid!
  }

  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null
  }

  /** Whether it ended without being told to. */
  get crashed(): boolean {
    return !this.running && !this.#told
  }

  /** What it wrote last. */
  get output(): string {
    return this.#output
  }

  kill(signal: NodeJS.Signals): void {
    this.#told = true
    if (this.running) this.#process.kill(signal)
  }

  /** @throws SoakError PROCESS_DIED */
  async holdings(): Promise<Holdings> {
    const died = this.exited.then(() => {
      throw new SoakError('PROCESS_DIED', `${this.name} died:\n${this.#output}`)
    })
    died.catch(() => {})
    const answered = once(this.#process, 'message')
    this.#process.send('holdings')
    const [holdings] = await Promise.race([answered, died])
    return holdings as Holdings
  }

  /** Resident memory, bytes; 0 once it is gone. */
  residentBytes(): number {
    try {
      const status = readFileSync(`/proc/${this.pid}/status`, 'latin1')
      return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024
    } catch {
      return 0
    }
  }

  descriptors(): Descriptors {
    const counts: Record<string, number> = {}
    for (const fd of entries(`/proc/${this.pid}/fd`)) {
      const target = linkTarget(`/proc/${this.pid}/fd/${fd}`)
      if (target === undefined) continue
      const kind = /^(\w+):/.exec(target)?.[1] ?? 'file'
      counts[kind] = (counts[kind] ?? 0) + 1
    }
    return counts
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Undefined for a descriptor that was closed meanwhile. */
function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
