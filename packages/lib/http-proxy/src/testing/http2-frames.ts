/** RFC 9113 §4.1; a payload has a character per byte. */
export interface Http2Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: string
}

/** The frame as sent; of a stream below 256. */
export function http2Frame({ type, flags, stream, payload }: Http2Frame): string {
  const { length } = payload
  return (
    String.fromCharCode(length >> 16, (length >> 8) & 255, length & 255, type, flags, 0, 0, 0, stream) +
    payload
  )
}

/** What a client sends first. */
export const http2Start = `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${http2Frame({ type: 4, flags: 0, stream: 0, payload: '' })}`

/** The complete frames at the start of `text`. */
export function http2Frames(text: string): Http2Frame[] {
  const found: Http2Frame[] = []
  const bytes = Buffer.from(text, 'latin1')
  for (let at = 0; at + 9 <= bytes.length; ) {
    const end = at + 9 + bytes.readUIntBE(at, 3)
    if (end > bytes.length) break
    const [type = 0, flags = 0] = bytes.subarray(at + 3)
    found.push({ type, flags, stream: bytes.readUInt32BE(at + 5), payload: text.slice(at + 9, end) })
    at = end
  }
  return found
}
