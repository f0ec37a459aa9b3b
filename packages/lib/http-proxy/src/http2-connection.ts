import type { ClientHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import { http2, http2ConnectionWindow, http2StreamWindow } from './http2-module.ts'
import { Http2UpstreamStream } from './http2-upstream-stream.ts'
import type { RawHeaders } from './raw-headers.ts'
import type { OutgoingHead, ResponseSink, UpstreamStream } from './upstream-stream.ts'

/** Streams we open before the destination has said how many it takes. */
const presumedStreams = 100
/** Largest request head we send, bytes. */
const maxSendHeadBytes = 1 << 20

/** Told when a connection's state matters to its pool. */
export interface Http2ConnectionOwner {
  /** A stream ended. */
  streamClosed(connection: Http2Connection): void
  /** It takes no more streams and will close by itself. */
  retired(connection: Http2Connection): void
}

/** One HTTP/2 connection to a destination, by prior knowledge. */
export class Http2Connection {
  readonly #session: ClientHttp2Session
  readonly #scheme: 'http' | 'https'
  readonly #owner: Http2ConnectionOwner
  #streams = 0
  #retired = false
  #settled = false
  idleSinceMs = 0

  constructor(socket: Socket, scheme: 'http' | 'https', owner: Http2ConnectionOwner) {
    this.#scheme = scheme
    this.#owner = owner
    // Whoever ends its side will answer nothing any more; only HTTP/1.1 knows half-closed connections.
    socket.allowHalfOpen = false
    this.#session = http2().connect(`${scheme}://destination`, {
      createConnection: () => socket,
      maxSendHeaderBlockLength: maxSendHeadBytes,
      maxSessionMemory: 1000,
      strictSingleValueFields: false,
      settings: {
        enablePush: false,
        initialWindowSize: http2StreamWindow,
        maxHeaderListSize: 10 << 20,
      },
    } as Parameters<typeof import('node:http2').connect>[1])
    this.#session.once('connect', () => {
      if (!this.#session.destroyed) this.#session.setLocalWindowSize(http2ConnectionWindow)
    })
    this.#session.on('remoteSettings', () => {
      this.#settled = true
    })
    const retire = () => this.#retire()
    this.#session.on('goaway', retire)
    this.#session.on('close', retire)
    this.#session.on('error', retire)
  }

  /** Streams open now. */
  get streams(): number {
    return this.#streams
  }

  /** Whether it takes another stream. */
  get available(): boolean {
    if (this.#retired || this.#session.closed || this.#session.destroyed) return false
    const limit = this.#settled
      ? (this.#session.remoteSettings.maxConcurrentStreams ?? Number.POSITIVE_INFINITY)
      : presumedStreams
    return this.#streams < limit
  }

  /** Sends a request; the answer goes to `sink`. */
  open(head: OutgoingHead, sink: ResponseSink): UpstreamStream {
    const stream = this.#session.request(requestHead(head, this.#scheme), {
      endStream: !head.hasBody,
      waitForTrailers: head.hasBody,
    })
    this.#streams++
    return new Http2UpstreamStream(stream, head, sink, this.#streamClosed)
  }

  readonly #streamClosed = () => {
    this.#streams--
    this.#owner.streamClosed(this)
  }

  /** Takes no more streams and closes when the last one ends. */
  close(): void {
    this.#retire()
    this.#session.close()
  }

  #retire(): void {
    if (this.#retired) return
    this.#retired = true
    this.#owner.retired(this)
  }
}

function requestHead(head: OutgoingHead, scheme: string): string[] {
  const out = [':method', head.method, ':path', head.target, ':scheme', scheme, ':authority', head.host]
  const headers: RawHeaders = head.headers
  for (let i = 0; i < headers.length; i += 2) out.push(headers[i]!.toLowerCase(), headers[i + 1]!)
  return out
}
