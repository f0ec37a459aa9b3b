import type { Http2Stream } from 'node:http2'
import { addAbortSignal, type Duplex } from 'node:stream'
import type { RawHeaders } from './raw-headers.ts'
import { trailerObject } from './trailer-object.ts'

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

/**
 * How many streams a client may call off on one connection, at once and per second. Beyond that the connection is broken with all
 * that is on it, so this is far above what a gateway in front of impatient clients does; Node's own limit, 33 per second, is not.
 */
export const http2ResetBurst = 10_000
export const http2ResetsPerSecond = 5_000

/**
 * Resets a stream with CANCEL. `Http2Stream.close(code)` would end it first, so that half a message looks whole to the
 * peer.
 */
export function cancelStream(stream: Duplex): void {
  addAbortSignal(AbortSignal.abort(), stream)
}

/** Ends a stream with its trailers. What Node does not send resets it: half a message must not look whole, nor anything throw here. */
export function sendTrailers(stream: Http2Stream, trailers: RawHeaders | undefined): void {
  if (stream.destroyed || stream.closed) return
  try {
    stream.sendTrailers(trailerObject(trailers))
  } catch {
    resetStream(stream)
  }
}

/** Resets a stream with INTERNAL_ERROR; see `cancelStream`. */
export function resetStream(stream: Duplex): void {
  stream.destroy(new Error('stream reset'))
}
