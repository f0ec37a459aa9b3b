import { connect, type Socket } from 'node:net'
import type { Answered, LoadClient } from './client.ts'
import {
  ackFlag,
  endHeadersFlag,
  endStreamFlag,
  FrameReader,
  frame,
  goAwayFrame,
  headersFrame,
  pingFrame,
  preface,
  settingsFrame,
  widestWindow,
} from './http2-frames.ts'
import type { LoadTask } from './task.ts'

const authority = 'hello.default.example.com'
/** GET, http, / by static index; the authority as a literal (RFC 7541). */
const headerBlock = Buffer.concat([
  Buffer.from([0x82, 0x86, 0x84, 0x01, authority.length]),
  Buffer.from(authority),
])
const status200 = 0x88

/** A cleartext HTTP/2 connection with several slots, each a stream at a time. */
export class Http2Client implements LoadClient {
  readonly #socket: Socket
  readonly #answered: Answered
  readonly #slots = new Map<number, number>()
  readonly #failed = new Set<number>()
  #nextStream = 1
  #out: Buffer[] = []

  constructor(task: LoadTask, answered: Answered, ready: () => void, broken: (error: Error) => void) {
    this.#answered = answered
    this.#socket = connect({ host: task.host, port: task.port, noDelay: true })
    const reader = new FrameReader((type, flags, stream, payload) => {
      if (type === headersFrame && flags & endHeadersFlag && !isOk(payload)) this.#failed.add(stream)
      if (type <= headersFrame && flags & endStreamFlag) this.#ended(stream)
      else if (type === settingsFrame && !(flags & ackFlag))
        this.#queue(frame(settingsFrame, ackFlag, 0, Buffer.alloc(0)))
      else if (type === pingFrame && !(flags & ackFlag)) this.#queue(frame(pingFrame, ackFlag, 0, payload))
      else if (type === goAwayFrame) broken(new Error(`GOAWAY ${payload.toString('latin1')}`))
    })
    this.#socket.on('data', (packet: Buffer) => reader.take(packet))
    this.#socket.once('connect', () => {
      this.#queue(preface)
      this.#queue(frame(settingsFrame, 0, 0, Buffer.alloc(0)))
      this.#queue(widestWindow())
      ready()
    })
    this.#socket.once('error', broken)
    this.#socket.once('end', () =>
      broken(new Error(`${task.host}:${task.port} closed a connection under load`)),
    )
  }

  send(slot: number): void {
    const stream = this.#nextStream
    this.#nextStream += 2
    this.#slots.set(stream, slot)
    this.#queue(frame(headersFrame, endHeadersFlag | endStreamFlag, stream, headerBlock))
  }

  close(): void {
    this.#socket.removeAllListeners('end')
    this.#socket.destroy()
  }

  #ended(stream: number): void {
    const slot = this.#slots.get(stream)
    if (slot === undefined) return
    this.#slots.delete(stream)
    this.#answered(slot, !this.#failed.delete(stream))
  }

  /** What one turn sends leaves in one write. */
  #queue(bytes: Buffer): void {
    this.#out.push(bytes)
    if (this.#out.length > 1) return
    process.nextTick(() => {
      this.#socket.write(Buffer.concat(this.#out))
      this.#out = []
    })
  }
}

/** Whether a header block starts, after any change of table size, with `:status 200`. */
function isOk(block: Buffer): boolean {
  let at = 0
  while (at < block.length && (block[at]! & 0xe0) === 0x20) {
    if ((block[at]! & 0x1f) === 0x1f) while ((block[++at]! & 0x80) !== 0);
    at++
  }
  return block[at] === status200
}
