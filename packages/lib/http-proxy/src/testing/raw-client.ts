import { connect, type Socket } from 'node:net'

/** A TCP client that remembers all it was sent. */
export class RawClient implements Disposable {
  readonly socket: Socket
  #text = ''
  #ended = false
  #closed = false
  #wake: (() => void) | undefined

  constructor(port: number, host = '127.0.0.1') {
    this.socket = connect({ port, host, allowHalfOpen: true })
    this.socket.setEncoding('latin1')
    this.socket.on('data', (text: string) => {
      this.#text += text
      this.#wake?.()
    })
    this.socket.on('error', () => {})
    this.socket.on('end', () => {
      this.#ended = true
      this.#wake?.()
    })
    this.socket.on('close', () => {
      this.#closed = true
      this.#wake?.()
    })
  }

  /** Everything received so far. */
  get text(): string {
    return this.#text
  }

  send(text: string): void {
    this.socket.write(text, 'latin1')
  }

  /** Waits until what was received contains `part`; gives all of it. Fails if the connection ends without. */
  async until(part: string): Promise<string> {
    while (!this.#text.includes(part)) {
      if (this.#ended || this.#closed) throw new Error(`closed before ${JSON.stringify(part)}: ${this.#text}`)
      await this.#change()
    }
    return this.#text
  }

  /** Waits until the server has ended its side; gives all that was received. */
  async untilEnd(): Promise<string> {
    while (!this.#ended && !this.#closed) await this.#change()
    return this.#text
  }

  [Symbol.dispose](): void {
    this.socket.destroy()
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
