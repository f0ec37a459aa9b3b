// The part of RFC 6455 that an echo needs.
import { createHash } from 'node:crypto'

const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
export const opcodes = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 }

/** The server's answer to a client's Sec-WebSocket-Key. */
export function acceptKey(key) {
  return createHash('sha1')
    .update(key + magic)
    .digest('base64')
}

/** The first whole frame in `bytes`, unmasked, with its length on the wire; undefined if there is none yet. */
export function readFrame(bytes) {
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

/** An unfragmented, unmasked frame. */
export function makeFrame(opcode, payload) {
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
