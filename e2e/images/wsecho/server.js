// Echoes WebSocket messages, ?delay=MS late and with SUFFIX added; says goodbye with 1000 on SIGTERM.
// Answers plain requests with 200.
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { acceptKey, makeFrame, opcodes, readFrame } from './frames.js'

const suffix = process.env.SUFFIX ? ` ${process.env.SUFFIX}` : ''
const sockets = new Set()
const goingAway = Buffer.concat([Buffer.from([0x03, 0xe8]), Buffer.from('bye')])

const server = createServer((_, response) => response.end('ok\n'))

server.on('upgrade', (request, socket) => {
  const delayMs = Number(new URL(request.url ?? '/', 'http://wsecho').searchParams.get('delay') ?? 0)
  const key = acceptKey(request.headers['sec-websocket-key'])
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
  )
  sockets.add(socket)
  socket.once('close', () => sockets.delete(socket))
  socket.on('error', () => socket.destroy())
  let buffered = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    buffered = Buffer.concat([buffered, chunk])
    for (let frame = readFrame(buffered); frame; frame = readFrame(buffered)) {
      buffered = buffered.subarray(frame.length)
      void reply(socket, frame, delayMs)
    }
  })
})

async function reply(socket, { opcode, payload }, delayMs) {
  if (opcode === opcodes.ping) socket.write(makeFrame(opcodes.pong, payload))
  else if (opcode === opcodes.close) socket.end(makeFrame(opcodes.close, payload))
  else if (opcode === opcodes.text || opcode === opcodes.binary) {
    if (delayMs > 0) await sleep(delayMs)
    const text = opcode === opcodes.text ? Buffer.concat([payload, Buffer.from(suffix)]) : payload
    if (socket.writable) socket.write(makeFrame(opcode, text))
  }
}

server.listen(process.env.PORT ?? 8080)
process.on('SIGTERM', () => {
  for (const socket of sockets) socket.end(makeFrame(opcodes.close, goingAway))
  server.close(() => process.exit(0))
})
