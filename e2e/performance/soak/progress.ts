/** Says what goes on: on a terminal in one line that changes, elsewhere a line now and then. */
export class Progress {
  readonly #stream: NodeJS.WriteStream
  readonly #everyNth: number
  #updates = 0
  #inLine = false

  /** @param everyNth of the updates that are written where there is no terminal */
  constructor(stream: NodeJS.WriteStream, everyNth: number) {
    this.#stream = stream
    this.#everyNth = everyNth
  }

  /** Something that stays to be read. */
  say(text: string): void {
    this.#stream.write(`${this.#inLine ? '\n' : ''}${text}\n`)
    this.#inLine = false
  }

  /** How things stand. */
  update(text: string): void {
    if (this.#stream.isTTY) {
      this.#stream.write(`\r\x1b[2K${text}`)
      this.#inLine = true
    } else if (this.#updates++ % this.#everyNth === 0) this.#stream.write(`${text}\n`)
  }
}
