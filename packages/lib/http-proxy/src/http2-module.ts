import { addAbortSignal, type Duplex } from 'node:stream'

/** `node:http2`, loaded when the first HTTP/2 connection needs it: many processes never see one. */
export function http2(): typeof import('node:http2') {
  return process.getBuiltinModule('node:http2')
}

/** Error codes of RFC 9113 §7 that we send or look for. */
export const http2NoError = 0x0
export const http2RefusedStream = 0x7

/** Flow-control windows we grant, bytes: per stream, and per connection so that one stalled stream doesn't stop the others. */
export const http2StreamWindow = 256 << 10
export const http2ConnectionWindow = 16 << 20

const aborted = AbortSignal.abort()

/**
 * Resets a stream with CANCEL. `Http2Stream.close(code)` would end it first, so that half a message looks whole to the
 * peer.
 */
export function cancelStream(stream: Duplex): void {
  addAbortSignal(aborted, stream)
}

/** Resets a stream with INTERNAL_ERROR; see `cancelStream`. */
export function resetStream(stream: Duplex): void {
  stream.destroy(new Error('stream reset'))
}
