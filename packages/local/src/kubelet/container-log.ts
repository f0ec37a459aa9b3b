import { createWriteStream, type WriteStream } from 'node:fs'
import type { Readable } from 'node:stream'
import type { Clock } from '@knative-ts/clock'

const messageBytes = 2048

/**
 * Writes a process's output to a file, one line each with the time it came, and remembers the last bytes
 * for the status of a container that fails.
 */
export class ContainerLog {
  readonly #file: WriteStream
  readonly #clock: Clock
  #tail = ''

  constructor(path: string, clock: Clock) {
    this.#clock = clock
    this.#file = createWriteStream(path, { flags: 'a' })
    this.#file.on('error', () => {
      // A full or vanished disk must not take the pod down; its output is lost.
    })
  }

  /** Takes lines from a stream until it ends. */
  attach(stream: Readable): void {
    let rest = ''
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.#write(line)
    })
    stream.on('end', () => {
      if (rest !== '') this.#write(rest)
    })
  }

  /** The last output, at most 2 KiB. */
  get tail(): string {
    return this.#tail.trimEnd()
  }

  /** Resolves when everything is in the file. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#file.closed) {
        resolve()
        return
      }
      this.#file.once('close', resolve)
      this.#file.end()
    })
  }

  #write(line: string): void {
    this.#tail = `${this.#tail}${line}\n`.slice(-messageBytes)
    this.#file.write(`${new Date(this.#clock.now()).toISOString()} ${line}\n`)
  }
}
