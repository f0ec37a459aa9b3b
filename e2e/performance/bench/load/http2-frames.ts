/** The little of HTTP/2 (RFC 9113) that a load generator and its backend need; header blocks are fixed bytes. */
export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
export const frameHeadBytes = 9
export const dataFrame = 0
export const headersFrame = 1
export const settingsFrame = 4
export const pingFrame = 6
export const goAwayFrame = 7
export const windowUpdateFrame = 8
export const endStreamFlag = 0x1
export const ackFlag = 0x1
export const endHeadersFlag = 0x4

/** One frame; `stream` can be changed later by `setStream`. */
export function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const out = Buffer.alloc(frameHeadBytes + payload.length)
  out.writeUIntBE(payload.length, 0, 3)
  out[3] = type
  out[4] = flags
  out.writeUInt32BE(stream, 5)
  payload.copy(out, frameHeadBytes)
  return out
}

/** Lifts the connection's flow-control window to its largest. */
export function widestWindow(): Buffer {
  const increment = Buffer.alloc(4)
  increment.writeUInt32BE(2 ** 31 - 1 - 65_535)
  return frame(windowUpdateFrame, 0, 0, increment)
}

/** Cuts a stream of bytes into frames. */
export class FrameReader {
  readonly #onFrame: (type: number, flags: number, stream: number, payload: Buffer) => void
  #partial: Buffer | undefined

  constructor(onFrame: (type: number, flags: number, stream: number, payload: Buffer) => void) {
    this.#onFrame = onFrame
  }

  take(packet: Buffer): void {
    const bytes = this.#partial ? Buffer.concat([this.#partial, packet]) : packet
    let at = 0
    while (bytes.length - at >= frameHeadBytes) {
      const end = at + frameHeadBytes + bytes.readUIntBE(at, 3)
      if (end > bytes.length) break
      const stream = bytes.readUInt32BE(at + 5) & 0x7fffffff
      this.#onFrame(bytes[at + 3]!, bytes[at + 4]!, stream, bytes.subarray(at + frameHeadBytes, end))
      at = end
    }
    this.#partial = at < bytes.length ? Buffer.from(bytes.subarray(at)) : undefined
  }
}
