import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { BenchError } from './errors.ts'
import type { LoadResult, LoadTask } from './load/task.ts'
import { onCore } from './pinned-process.ts'

/** The process on the first core that is both client and backend. */
export class LoadProcess {
  readonly #child: ChildProcess
  readonly backendPort: number

  private constructor(child: ChildProcess, backendPort: number) {
    this.#child = child
    this.backendPort = backendPort
  }

  /** @param backendPort 0 for any free one */
  static async start(backendPort: number): Promise<LoadProcess> {
    const entry = new URL('./load/main.ts', import.meta.url).pathname
    const [file = '', ...args] = onCore(0, [process.execPath, entry, String(backendPort)])
    const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    const [ready] = (await once(child, 'message')) as [{ backendPort: number }]
    return new LoadProcess(child, ready.backendPort)
  }

  /** @throws BenchError LOAD_FAILED */
  async run(task: LoadTask): Promise<LoadResult> {
    this.#child.send(task)
    const [answer] = (await once(this.#child, 'message')) as [{ result?: LoadResult; error?: string }]
    if (!answer.result)
      throw new BenchError('LOAD_FAILED', `load on ${task.host}:${task.port} failed: ${answer.error}`)
    return answer.result
  }

  stop(): void {
    this.#child.disconnect()
  }
}
