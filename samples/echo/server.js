// A WebSocket echo without dependencies: sends every text and binary message back.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'

const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const opcodes = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 }

const server = createServer((_, response) => {
  response.writeHead(426, { upgrade: 'websocket' }).end('this is a WebSocket echo\n')
})

server.on('upgrade', (request, socket) => {
  const accept = createHash('sha1')
    .update(request.headers['sec-websocket-key'] + magic)
    .digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
  let buffered = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    buffered = Buffer.concat([buffered, chunk])
    for (let frame = readFrame(buffered); frame; frame = readFrame(buffered)) {
      buffered = buffered.subarray(frame.length)
      if (frame.opcode === opcodes.ping) socket.write(makeFrame(opcodes.pong, frame.payload))
      else if (frame.opcode === opcodes.close) socket.end(makeFrame(opcodes.close, frame.payload))
      else if (frame.opcode === opcodes.text || frame.opcode === opcodes.binary) {
        socket.write(makeFrame(frame.opcode, frame.payload))
      }
    }
  })
  socket.on('error', () => socket.destroy())
})

// A client's frame: flags and opcode, length in 7, 16 or 64 bits, a mask, the masked payload.
function readFrame(bytes) {
  if (bytes.length < 2) return undefined
  let size = bytes[1] & 0x7f
  let offset = 2
  if (size === 126) {
    if (bytes.length < 4) return undefined
    size = bytes.readUInt16BE(2)
    offset = 4
  } else if (size === 127) {
    if (bytes.length < 10) return undefined
    size = Number(bytes.readBigUInt64BE(2))
    offset = 10
  }
  const length = offset + 4 + size
  if (bytes.length < length) return undefined
  const mask = bytes.subarray(offset, offset + 4)
  const payload = Buffer.from(bytes.subarray(offset + 4, length))
  for (let i = 0; i < payload.length; i++) payload[i] ^= mask[i % 4]
  return { opcode: bytes[0] & 0x0f, payload, length }
}

function makeFrame(opcode, payload) {
  const size = payload.length
  const head = Buffer.alloc(size < 126 ? 2 : size < 65536 ? 4 : 10)
  head[0] = 0x80 | opcode
  if (size < 126) head[1] = size
  else if (size < 65536) {
    head[1] = 126
    head.writeUInt16BE(size, 2)
  } else {
    head[1] = 127
    head.writeBigUInt64BE(BigInt(size), 2)
  }
  return Buffer.concat([head, payload])
}

server.listen(process.env.PORT ?? 8080)
process.on('SIGTERM', () => process.exit(0))
