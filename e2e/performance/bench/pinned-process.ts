import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { systemClock } from '@knative-ts/clock'
import { BenchError } from './errors.ts'

/** How long a proxy may take to start, milliseconds. */
const startLimitMs = 10_000
const hasTaskset = spawnSync('taskset', ['-V'], { stdio: 'ignore' }).status === 0

/** Whether processes can be given a core of their own. */
export const canPin: boolean = hasTaskset

/** The command line that runs `command` on one core, if the machine can do that. */
export function onCore(core: number, command: readonly string[]): readonly string[] {
  return hasTaskset ? ['taskset', '-c', String(core), ...command] : command
}

/** A proxy under test, on the second core. */
export class PinnedProcess {
  readonly #child: ChildProcess
  readonly #startedMs = systemClock.monotonic()
  #output = ''

  constructor(command: readonly string[], env: NodeJS.ProcessEnv) {
    const [file = '', ...args] = onCore(1, command)
    this.#child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-4096)
      })
    }
  }

  /** `taskset` becomes the command that it starts, so this is the proxy's. */
  get pid(): number {
    return this.#child.pid!
  }

  /** Resolves once `port` takes connections, with how long that took, milliseconds. @throws BenchError */
  async listening(host: string, port: number): Promise<number> {
    while (this.#child.exitCode === null) {
      const accepted = await accepts(host, port)
      const elapsedMs = systemClock.monotonic() - this.#startedMs
      if (accepted) return elapsedMs
      if (elapsedMs > startLimitMs) break
      await systemClock.sleep(1)
    }
    throw new BenchError(
      'PROXY_DID_NOT_START',
      `${this.#child.spawnargs.join(' ')} did not start:\n${this.#output}`,
    )
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exited
  }
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
