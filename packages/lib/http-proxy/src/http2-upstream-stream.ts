import type { ClientHttp2Stream } from 'node:http2'
import { UpstreamError } from './errors.ts'
import { cancelStream, http2RefusedStream, sendTrailers } from './http2-module.ts'
import { withoutPseudoHeaders } from './pseudo-headers.ts'
import type { RawHeaders } from './raw-headers.ts'
import type { OutgoingHead, ResponseSink, UpstreamStream } from './upstream-stream.ts'

const endStreamFlag = 0x1

/** One request on an HTTP/2 connection. */
export class Http2UpstreamStream implements UpstreamStream {
  readonly #stream: ClientHttp2Stream
  #sink: ResponseSink | undefined
  #requestTrailers: RawHeaders | undefined
  #trailers: RawHeaders | undefined
  #started = false
  /** Bytes of the body that its length says are still to come; a stream that is reset without an error ends like any other. */
  #missing = 0
  #error: Error | undefined

  constructor(
    stream: ClientHttp2Stream,
    { method, hasBody }: Pick<OutgoingHead, 'method' | 'hasBody'>,
    sink: ResponseSink,
    onClose: () => void,
  ) {
    this.#stream = stream
    this.#sink = sink
    stream.on('headers', (headers, _flags, raw) => {
      this.#started = true
      this.#sink?.inform(Number(headers[':status']), withoutPseudoHeaders(raw as unknown as string[]))
    })
    stream.on('response', (headers, flags, raw) => {
      this.#started = true
      const complete = (flags & endStreamFlag) !== 0
      const { ':status': status, 'content-length': length } = headers
      if (length !== undefined && method !== 'HEAD' && status !== 304) this.#missing = Number(length)
      const to = this.#sink
      if (complete) this.#sink = undefined
      to?.head(Number(headers[':status']), '', withoutPseudoHeaders(raw as unknown as string[]), complete)
      if (complete) this.#stream.resume()
      else this.#stream.on('data', this.#onData)
    })
    stream.on('trailers', (_headers, _flags, raw) => {
      this.#trailers = raw as unknown as string[]
    })
    stream.on('end', () => {
      const to = this.#sink
      if (!to || !this.#started || stream.rstCode !== 0 || this.#missing > 0) return
      this.#sink = undefined
      to.end(this.#trailers)
    })
    if (hasBody) {
      stream.on('drain', () => this.#sink?.drained())
      stream.on('wantTrailers', () => sendTrailers(stream, this.#requestTrailers))
    }
    stream.on('error', (error) => {
      this.#error = error
    })
    stream.on('close', () => {
      onClose()
      this.#closed()
    })
  }

  write(chunk: Buffer): boolean {
    return this.#stream.write(chunk)
  }

  end(trailers?: RawHeaders): void {
    this.#requestTrailers = trailers
    this.#stream.end()
  }

  resume(): void {
    this.#stream.resume()
  }

  cancel(): void {
    this.#sink = undefined
    cancelStream(this.#stream)
  }

  readonly #onData = (chunk: Buffer) => {
    this.#missing -= chunk.length
    if (this.#sink?.data(chunk) === false) this.#stream.pause()
  }

  #closed(): void {
    const sink = this.#sink
    if (!sink) return
    this.#sink = undefined
    const { rstCode = 0, id } = this.#stream
    const neverSent = id === undefined || rstCode === http2RefusedStream
    const text =
      this.#error && rstCode === 0
        ? this.#error.message
        : rstCode === 0
          ? this.#started
            ? 'unexpected EOF'
            : 'http2: server closed the stream without an answer'
          : `stream error: stream ID ${id ?? 0}; ${codeNames[rstCode] ?? `unknown error code ${rstCode}`}; received from peer`
    sink.failed(
      new UpstreamError('UPSTREAM_CLOSED', text, { cause: this.#error }),
      neverSent ? 'unsent' : 'sent',
    )
  }
}

/** RFC 9113 §7, by number. */
const codeNames: readonly string[] = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
]
