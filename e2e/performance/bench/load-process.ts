import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { BenchError } from './errors.ts'
import { endOfSessions, type LoadResult, type LoadTask } from './load/task.ts'
import { onCore } from './pinned-process.ts'

/** The process on the first core that is both client and backend. */
export class LoadProcess {
  readonly #child: ChildProcess
  /** Of each backend. */
  readonly backendPorts: readonly number[]

  private constructor(child: ChildProcess, backendPorts: readonly number[]) {
    this.#child = child
    this.backendPorts = backendPorts
  }

  /** Of the first, or only, backend. */
  get backendPort(): number {
    return this.backendPorts[0]!
  }

  /** @param backendPorts one for each backend, 0 for any free one */
  static async start(...backendPorts: number[]): Promise<LoadProcess> {
    const entry = new URL('./load/main.ts', import.meta.url).pathname
    const [file = '', ...args] = onCore(0, [process.execPath, entry, ...backendPorts.map(String)])
    const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    const [ready] = (await once(child, 'message')) as [{ backendPorts: number[] }]
    return new LoadProcess(child, ready.backendPorts)
  }

  /** @throws BenchError LOAD_FAILED */
  async run(task: LoadTask): Promise<LoadResult> {
    this.#child.send(task)
    const [answer] = (await once(this.#child, 'message')) as [{ result?: LoadResult; error?: string }]
    if (!answer.result)
      throw new BenchError('LOAD_FAILED', `load on ${task.host}:${task.port} failed: ${answer.error}`)
    return answer.result
  }

  /** Closes the connections that were kept. */
  endSessions(): void {
    this.#child.send(endOfSessions)
  }

  stop(): void {
    this.#child.disconnect()
  }
}
