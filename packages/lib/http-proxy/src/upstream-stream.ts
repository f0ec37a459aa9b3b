import type { Duplex } from 'node:stream'
import type { UpstreamError } from './errors.ts'
import type { RawHeaders } from './raw-headers.ts'

/** What we ask of a destination: the head of a request, ready for the wire. */
export interface OutgoingHead {
  readonly method: string
  readonly target: string
  /** `Host` or `:authority`. */
  readonly host: string
  /** Without Host and without framing headers other than Content-Length. */
  readonly headers: RawHeaders
  readonly hasBody: boolean
  /** The body's length is not in `headers`, so HTTP/1.1 must send it chunked. */
  readonly chunked: boolean
}

/**
 * What a destination that broke can have done with the request.
 * - `unsent`: nothing, it never got it.
 * - `stale`: probably nothing, the connection had been used before and closed without a byte of answer.
 * - `sent`: anything.
 */
export type RequestFate = 'unsent' | 'stale' | 'sent'

/** Receives what a destination answers. After `end`, `switched` or `failed` nothing more comes. */
export interface ResponseSink {
  /** An informational response. */
  inform(status: number, headers: RawHeaders): void
  /** The head of the final response; `complete` says that no body follows and `end` won't be called. */
  head(status: number, reason: string, headers: RawHeaders, complete: boolean): void
  /**
   * A piece of the body. False asks for a pause until `UpstreamStream.resume`. Until then a piece of more than `smallPieceBytes` stays as it
   * is; any other may be overwritten as soon as this returns.
   */
  data(chunk: Buffer): boolean
  end(trailers: RawHeaders | undefined): void
  /** The destination switched protocols (101); the raw connection is the sink's from now on. */
  switched(headers: RawHeaders, socket: Duplex): void
  /** It broke. */
  failed(error: UpstreamError, fate: RequestFate): void
  /** The request body may flow again after `UpstreamStream.write` returned false. */
  drained(): void
}

/** One request on its way to a destination. */
export interface UpstreamStream {
  /** Sends a piece of the request body; false asks to wait for `ResponseSink.drained`. */
  write(chunk: Buffer): boolean
  /** Completes the request. */
  end(trailers?: RawHeaders): void
  /** Lets the response flow again after `ResponseSink.data` returned false. */
  resume(): void
  /** Calls the request off; the sink hears nothing more. */
  cancel(): void
}
