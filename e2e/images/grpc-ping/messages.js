// gRPC's framing, and the one-field messages of ping.PingService: `string msg = 1`.

/** A health check's answer: `status: SERVING`. */
export const servingStatus = Buffer.from([0x08, 0x01])
const textField = 0x0a

/** A length-prefixed, uncompressed gRPC frame. */
export function frame(message) {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/** The messages that arrive on a stream. */
export async function* frames(stream) {
  let buffered = Buffer.alloc(0)
  for await (const chunk of stream) {
    buffered = Buffer.concat([buffered, chunk])
    while (buffered.length >= 5 && buffered.length >= 5 + buffered.readUInt32BE(1)) {
      const end = 5 + buffered.readUInt32BE(1)
      yield buffered.subarray(5, end)
      buffered = buffered.subarray(end)
    }
  }
}

/** Encodes a message with this text. */
export function textMessage(text) {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.from([textField, ...varint(bytes.length)]), bytes])
}

/** The text of a message. */
export function readText(message) {
  if (message[0] !== textField) return ''
  let length = 0
  let at = 1
  for (let shift = 0; ; shift += 7) {
    const byte = message[at++]
    length |= (byte & 0x7f) << shift
    if (byte < 0x80) break
  }
  return message.subarray(at, at + length).toString()
}

function varint(value) {
  const bytes = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest]
    bytes.push((rest & 0x7f) | 0x80)
  }
}
