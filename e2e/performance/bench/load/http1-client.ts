import { connect, type Socket } from 'node:net'
import type { Answered, LoadClient } from './client.ts'
import { type LoadTask, mebibyte, smallBody } from './task.ts'

const headEnd = Buffer.from('\r\n\r\n')
const digit2 = 0x32

function requestBytes({ body, headerLines = '' }: LoadTask): Buffer {
  const host = `Host: hello.default.example.com\r\nUser-Agent: bench\r\nAccept: */*\r\n${headerLines}`
  if (body !== 'upload')
    return Buffer.from(`GET /${body === 'download' ? 'mebibyte' : ''} HTTP/1.1\r\n${host}\r\n`)
  const head = Buffer.from(`POST / HTTP/1.1\r\n${host}Content-Length: ${mebibyte}\r\n\r\n`)
  return Buffer.concat([head, Buffer.alloc(mebibyte, 'u')])
}

/** What a read brings is dealt with before the next one on any socket. */
const buffer = Buffer.allocUnsafeSlow(256 << 10)

/** An HTTP/1.1 connection that reads no more of an answer than it must. Answers have a known length. */
export class Http1Client implements LoadClient {
  readonly #socket: Socket
  readonly #request: Buffer
  readonly #bodyBytes: number
  readonly #answered: Answered
  readonly #slot: number
  #left = 0
  #ok = false
  #partial: Buffer | undefined

  constructor(
    task: LoadTask,
    slot: number,
    answered: Answered,
    ready: () => void,
    broken: (error: Error) => void,
  ) {
    this.#slot = slot
    this.#answered = answered
    this.#request = requestBytes(task)
    this.#bodyBytes = task.body === 'download' ? mebibyte : smallBody.length
    this.#socket = connect({
      host: task.host,
      port: task.port,
      noDelay: true,
      onread: {
        buffer,
        callback: (size) => {
          this.#take(buffer.subarray(0, size))
          return true
        },
      },
    })
    this.#socket.once('connect', ready)
    this.#socket.once('error', broken)
    this.#socket.once('end', () =>
      broken(new Error(`${task.host}:${task.port} closed a connection under load`)),
    )
  }

  send(): void {
    this.#socket.write(this.#request)
  }

  close(): void {
    this.#socket.removeAllListeners('end')
    this.#socket.destroy()
  }

  #take(packet: Buffer): void {
    let bytes = packet
    if (this.#partial) {
      bytes = Buffer.concat([this.#partial, bytes])
      this.#partial = undefined
    }
    if (this.#left === 0) {
      const end = bytes.indexOf(headEnd)
      if (end < 0) {
        this.#partial = Buffer.from(bytes)
        return
      }
      this.#ok = bytes[9] === digit2
      this.#left = this.#bodyBytes + end + headEnd.length
    }
    this.#left -= bytes.length
    if (this.#left <= 0) {
      this.#left = 0
      this.#answered(this.#slot, this.#ok)
    }
  }
}
