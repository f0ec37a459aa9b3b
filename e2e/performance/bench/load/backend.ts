import { type AddressInfo, createServer, type Server, Socket, type SocketConstructorOpts } from 'node:net'
import {
  ackFlag,
  dataFrame,
  endHeadersFlag,
  endStreamFlag,
  FrameReader,
  frame,
  headersFrame,
  pingFrame,
  preface,
  settingsFrame,
} from './http2-frames.ts'
import { mebibyte, smallBody } from './task.ts'

const headEnd = Buffer.from('\r\n\r\n')
const letterM = 0x6d

const smallAnswer = answer(Buffer.from(smallBody))
const largeAnswer = answer(Buffer.alloc(mebibyte, 'd'))

function answer(body: Buffer): Buffer {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}

/**
 * The cheapest user container there can be: answers `GET /` with 13 bytes, `GET /mebibyte` with 1 MiB, takes any body that has a
 * length; HTTP/1.1 and, told by the first bytes, HTTP/2.
 * @param port on 127.0.0.1; 0 for any free one
 */
export async function startBackend(port: number): Promise<{ port: number; server: Server }> {
  const server = createServer({ noDelay: true, pauseOnConnect: true }, (accepted) => {
    let take: Take | undefined
    const socket = readingInto(readMemory, accepted, (bytes) => {
      take ??= bytes.subarray(0, 3).toString() === 'PRI' ? serveHttp2(socket) : serveHttp1(socket)
      take(bytes)
    })
    socket.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port, backlog: 4096 }, resolve))
  return { port: (server.address() as AddressInfo).port, server }
}

/** Takes the next bytes, whose memory is used again afterwards. */
type Take = (bytes: Buffer) => void

const readMemory = Buffer.allocUnsafeSlow(256 << 10)

/**
 * The accepted socket made anew, to read into `memory`. With an allocation per read this process would be what limits large requests,
 * whatever the proxy.
 */
function readingInto(memory: Buffer, accepted: Socket, take: Take): Socket {
  const holder = accepted as unknown as { _handle: unknown }
  const handle = holder._handle
  holder._handle = null
  accepted.destroy()
  const onread = {
    buffer: memory,
    callback: (count: number) => {
      take(memory.subarray(0, count))
      return true
    },
  }
  return new Socket({ handle, onread } as SocketConstructorOpts)
}

function serveHttp1(socket: Socket): Take {
  let bodyLeft = 0
  let partial: Buffer | undefined
  return (packet) => {
    let bytes = partial ? Buffer.concat([partial, packet]) : packet
    partial = undefined
    while (bytes.length > 0) {
      if (bodyLeft > 0) {
        const taken = Math.min(bodyLeft, bytes.length)
        bodyLeft -= taken
        bytes = bytes.subarray(taken)
        if (bodyLeft === 0) socket.write(smallAnswer)
        continue
      }
      const end = bytes.indexOf(headEnd)
      if (end < 0) {
        partial = Buffer.from(bytes)
        return
      }
      if (bytes[0] === 0x50) {
        const length = /\r\ncontent-length: *(\d+)/i.exec(bytes.toString('latin1', 0, end + 2))
        bodyLeft = Number(length?.[1] ?? 0)
      } else socket.write(bytes[5] === letterM ? largeAnswer : smallAnswer)
      bytes = bytes.subarray(end + headEnd.length)
    }
  }
}

function serveHttp2(socket: Socket): Take {
  const length = Buffer.from([0x0f, 0x0d, 0x02, 0x31, 0x33])
  const head = frame(headersFrame, endHeadersFlag, 0, Buffer.concat([Buffer.from([0x88]), length]))
  const body = frame(dataFrame, endStreamFlag, 0, Buffer.from(smallBody))
  const whole = Buffer.concat([head, body])
  let out: Buffer[] = []
  const reader = new FrameReader((type, flags, stream, payload) => {
    if (type <= headersFrame && flags & endStreamFlag) {
      const bytes = Buffer.from(whole)
      bytes.writeUInt32BE(stream, 5)
      bytes.writeUInt32BE(stream, head.length + 5)
      out.push(bytes)
    } else if (type === settingsFrame && !(flags & ackFlag)) {
      out.push(frame(settingsFrame, ackFlag, 0, Buffer.alloc(0)))
    } else if (type === pingFrame && !(flags & ackFlag)) out.push(frame(pingFrame, ackFlag, 0, payload))
  })
  socket.write(frame(settingsFrame, 0, 0, Buffer.alloc(0)))
  let prefaceLeft = preface.length
  return (packet) => {
    const skipped = Math.min(prefaceLeft, packet.length)
    prefaceLeft -= skipped
    reader.take(Buffer.from(packet.subarray(skipped)))
    if (out.length > 0) socket.write(Buffer.concat(out))
    out = []
  }
}
