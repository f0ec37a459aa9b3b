import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { RawHeaders } from './raw-headers.ts'
import type { WebSocketFarewell } from './web-socket-farewell.ts'

/**
 * How an exchange came to its end.
 * - `answered`: the whole response was handed to the kernel.
 * - `upgraded`: the connection was switched to another protocol and both sides have since closed it.
 * - `client-gone`: the client broke off.
 * - `cut-off`: a limit ended it (see `cutOff`); any client connection is finished or closed by then.
 * - `aborted`: we broke it off, so that a truncated response never looks complete.
 */
export type Ending = 'answered' | 'upgraded' | 'client-gone' | 'cut-off' | 'aborted'

/** Takes a request body as it arrives. */
export interface BodySink {
  /**
   * One piece; returning false holds the sender back until `Exchange.resumeBody`. Until then a piece of more than `smallPieceBytes` stays as
   * it is; any other may be overwritten as soon as this returns.
   */
  bodyChunk(chunk: Buffer): boolean
  /** The body is complete. `trailers` is undefined when there were none. */
  bodyEnd(trailers: RawHeaders | undefined): void
}

/**
 * One request being served, whatever protocol it came by. Everything a pipeline stage reads is a plain
 * field; nothing is parsed before it is asked for. Calls that would write after the end are ignored, so
 * a stage that lost the race against the client or a timer needs no check.
 */
export interface Exchange {
  readonly method: string
  /** Request target byte for byte as received: path and query. */
  readonly target: string
  readonly httpMajor: 1 | 2
  readonly httpMinor: number
  /** Without pseudo-headers; an HTTP/2 `:authority` is in `host` only. */
  readonly headers: RawHeaders
  /** `Host` or `:authority`; empty if the client sent none. */
  readonly host: string
  /** Whether the request came over TLS. */
  readonly secure: boolean
  /** The TLS connection that it came by, if it did. */
  readonly tls: TLSSocket | undefined
  /** Client IP, IPv4 even when the socket is dual-stack. */
  readonly remoteAddress: string
  readonly remotePort: number
  /** False when the request surely has no body. */
  readonly hasBody: boolean
  /** Protocol the client asks to switch to (`Connection: upgrade` with `Upgrade`), HTTP/1.1 only. */
  readonly upgrade: string | undefined
  /** The client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean

  /** Status of the final response; 0 while none was started. */
  readonly status: number
  /** True once any part of a response, be it a 1xx, was written. */
  readonly started: boolean
  /** True once the connection speaks another protocol. */
  readonly upgraded: boolean
  /** Bytes of response body written so far; after an upgrade, bytes sent to the client. */
  readonly bodyBytes: number
  /** Undefined while the exchange is going on. */
  readonly ending: Ending | undefined

  /** Calls `listener` once when the exchange ends, at once if it has. Listeners run in the order they were added. */
  onEnd(listener: (ending: Ending) => void): void
  /** Called for each piece of response written and, after an upgrade, for bytes in either direction. One owner: `limitTime`. */
  onActivity: (() => void) | undefined
  /** Called for each piece of the request body that is read, if set before `readBody`. One owner: `limitTime`. */
  onBody: (() => void) | undefined
  /** Called when `write` may go on after it returned false. One owner: whoever calls `start`. */
  onDrain: (() => void) | undefined
  /** Set on a WebSocket by whoever copies its frames: how to end it in good form when we have to leave. */
  farewell: WebSocketFarewell | undefined

  /** Answers with a whole response of our own. Content-Length is added; a HEAD request gets no body. */
  answer(status: number, headers: RawHeaders, body?: string | Buffer): void
  /**
   * Ends the exchange from outside while someone else may be writing to it: answers `status` with `text` if
   * nothing was written; appends `text` to a response without Content-Length and ends it; closes short
   * a response with one; drops an upgraded connection.
   */
  cutOff(status: number, text: string): void

  /** Starts reading the request body into `sink`; to be called at most once. */
  readBody(sink: BodySink): void
  /** Lets the body flow again after `BodySink.bodyChunk` returned false. */
  resumeBody(): void
  /**
   * Asks a client that waits for `100 Continue` for its body, when its destination says nothing. Unlike a 1xx of the destination this is
   * no part of a response.
   */
  askForBody(): void
  /** Passes an informational response on (1xx other than 101). */
  inform(status: number, headers: RawHeaders): void
  /** Sends the head of the final response; `complete` says that nothing follows. `reason` is for HTTP/1.1. */
  start(status: number, reason: string, headers: RawHeaders, complete: boolean): void
  /**
   * Sends a piece of the body. False asks the caller to wait for `onDrain`, and not to touch the piece; after true its memory may be
   * used again, if the exchange came by HTTP/1.
   */
  write(chunk: Buffer): boolean
  /** Completes the response. */
  end(trailers?: RawHeaders): void
  /** Breaks the exchange off: closes an HTTP/1 connection without a final chunk, resets an HTTP/2 stream. */
  abort(): void
  /**
   * Sends `101 Switching Protocols` with `headers` and hands over the raw connection. The exchange ends when
   * that stream closes. Whoever copies calls `transferred` for each piece, so that idle limits see it.
   */
  switchProtocols(headers: RawHeaders): Duplex
  /** Accounts for a piece of an upgraded connection; `toClientBytes` is 0 for the other direction. */
  transferred(toClientBytes: number): void
}
