import type { OnReadOpts, Socket } from 'node:net'
import type { AnswerPolling } from './answer-polling.ts'
import { CoalescingWriter } from './coalescing-writer.ts'
import { UpstreamError } from './errors.ts'
import { joinHostPort, transferErrorText } from './go-error-text.ts'
import type { RawHeaders } from './raw-headers.ts'
import { ReadBuffer } from './read-buffer.ts'
import { type ResponseEvents, ResponseReader } from './response-reader.ts'
import type { OutgoingHead, ResponseSink, UpstreamStream } from './upstream-stream.ts'

/** Takes back a connection: to be used again, or gone for good. */
export interface Http1ConnectionOwner {
  readonly polling: AnswerPolling
  idle(connection: Http1Connection): void
  closed(connection: Http1Connection): void
}

/**
 * One HTTP/1.1 connection to a destination, carrying one request at a time. While a request is on it, it is that
 * request's `UpstreamStream`.
 */
export class Http1Connection implements UpstreamStream, ResponseEvents {
  readonly #owner: Http1ConnectionOwner
  readonly #reader = new ResponseReader(this)
  readonly #buffer = new ReadBuffer()
  readonly #onData = (packet: Buffer) => this.#take(packet)
  #socket!: Socket
  #writer!: CoalescingWriter
  #switched = false
  #sink: ResponseSink | undefined
  #requests = 0
  #chunked = false
  #requestDone = false
  #responseStarted = false
  #responseDone = false
  /** The request is out, and its answer has not begun. */
  #awaited = false
  #closed = false
  #error: Error | undefined
  /** Monotonic milliseconds since when it is idle; kept by the pool. */
  idleSinceMs = 0

  constructor(owner: Http1ConnectionOwner) {
    this.#owner = owner
  }

  /** How the socket is to be read, if it can be told. */
  get onRead(): OnReadOpts {
    return {
      buffer: () => this.#buffer.next(this.#sink !== undefined && !this.#switched),
      callback: (count) => this.#onRead(this.#buffer.read(count)),
    }
  }

  /** Starts to use an open socket, made with `onRead` unless it is one of TLS. */
  use(socket: Socket): void {
    this.#socket = socket
    this.#writer = new CoalescingWriter(socket, this.#onSpace)
    socket.on('data', this.#onData)
    socket.on('end', this.#onEnd)
    socket.on('error', this.#onError)
    socket.on('close', this.#onClose)
  }

  /** False once either side has closed it. */
  get usable(): boolean {
    return !this.#closed && this.#socket.writable && !this.#socket.readableEnded
  }

  /** Sends the head of a request; the answer goes to `sink`. */
  open(head: OutgoingHead, sink: ResponseSink): UpstreamStream {
    this.#sink = sink
    this.#requests++
    this.#chunked = head.hasBody && head.chunked
    this.#requestDone = !head.hasBody
    this.#responseStarted = false
    this.#responseDone = false
    this.#reader.expect(head.method)
    const text = headText(head, this.#chunked)
    if (head.hasBody) this.#writer.text(text)
    else {
      this.#socket.write(text, 'latin1')
      this.#await()
    }
    return this
  }

  /** Gives back a connection on which no request was sent. */
  unused(): void {
    this.#owner.idle(this)
  }

  write(chunk: Buffer): boolean {
    if (chunk.length === 0) return true
    return this.#chunked
      ? this.#writer.chunk(`${chunk.length.toString(16)}\r\n`, chunk, '\r\n')
      : this.#writer.chunk('', chunk, '')
  }

  end(trailers?: RawHeaders): void {
    if (this.#requestDone) return
    this.#requestDone = true
    if (this.#chunked) this.#writer.text(lastChunk(trailers))
    this.#writer.flush()
    if (!this.#responseStarted) this.#await()
    this.#settle()
  }

  resume(): void {
    if (!this.#sink) return
    this.#buffer.free()
    if (this.#socket.isPaused()) this.#socket.resume()
  }

  cancel(): void {
    this.#sink = undefined
    this.#answered()
    this.#socket.destroy()
  }

  /** Closes the connection; a request on it fails. */
  destroy(): void {
    this.#socket.destroy()
  }

  onInform(status: number, headers: RawHeaders): void {
    this.#responseStarted = true
    this.#sink?.inform(status, headers)
  }

  onHead(status: number, reason: string, headers: RawHeaders, complete: boolean): void {
    this.#responseStarted = true
    this.#responseDone = complete
    this.#answered()
    this.#sink?.head(status, reason, headers, complete)
  }

  onBody(chunk: Buffer): void {
    if (this.#sink?.data(chunk) !== false) return
    this.#buffer.hold()
    this.#socket.pause()
  }

  onEnd(trailers: RawHeaders | undefined): void {
    this.#responseDone = true
    this.#sink?.end(trailers)
  }

  onSwitch(headers: RawHeaders, rest: Buffer): void {
    const sink = this.#sink
    if (!sink) return
    this.#answered()
    this.#sink = undefined
    this.#switched = true
    const socket = this.#socket
    socket.pause()
    socket.off('data', this.#onData)
    socket.off('end', this.#onEnd)
    socket.off('error', this.#onError)
    socket.off('close', this.#onClose)
    this.#writer.release()
    this.#closed = true
    this.#owner.closed(this)
    if (rest.length > 0) socket.unshift(Buffer.from(rest))
    sink.switched(headers, socket)
  }

  #await(): void {
    this.#awaited = true
    this.#owner.polling.sent()
  }

  #answered(): void {
    if (!this.#awaited) return
    this.#awaited = false
    this.#owner.polling.answered()
  }

  /** @returns whether to go on reading */
  #onRead(bytes: Buffer): boolean {
    if (this.#switched) return this.#socket.push(Buffer.from(bytes))
    this.#take(bytes)
    // Whoever pauses does so by `Socket.pause`, which also works later.
    return true
  }

  #take(packet: Buffer): void {
    try {
      this.#reader.execute(packet)
    } catch (error) {
      this.#error = error as UpstreamError
      this.#socket.destroy()
      return
    }
    this.#settle()
  }

  /** Gives the connection back, or up, once the response is complete. */
  #settle(): void {
    if (!this.#responseDone || this.#closed) return
    // A request that goes on after its answer would run into the next one.
    if (!this.#requestDone || !this.#reader.keepAlive || !this.usable) {
      this.#sink = undefined
      this.#socket.destroy()
      return
    }
    if (!this.#sink) return
    this.#sink = undefined
    this.#buffer.leave()
    if (this.#socket.isPaused()) this.#socket.resume()
    this.#owner.idle(this)
  }

  readonly #onEnd = () => {
    if (this.#reader.finish()) this.#settle()
    this.#socket.destroy()
  }

  readonly #onError = (error: Error) => {
    this.#error ??= error
  }

  readonly #onSpace = () => {
    if (!this.#requestDone) this.#sink?.drained()
  }

  readonly #onClose = () => {
    this.#closed = true
    this.#answered()
    this.#buffer.close()
    this.#owner.closed(this)
    const sink = this.#sink
    if (!sink || this.#responseDone) return
    this.#sink = undefined
    sink.failed(this.#failure(), this.#requests > 1 && !this.#responseStarted ? 'stale' : 'sent')
  }

  #failure(): UpstreamError {
    if (this.#error instanceof UpstreamError) return this.#error
    if (!this.#error)
      return new UpstreamError('UPSTREAM_CLOSED', this.#responseStarted ? 'unexpected EOF' : 'EOF')
    const { localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 } = this.#socket
    const text = transferErrorText(
      this.#error,
      joinHostPort(localAddress, localPort),
      joinHostPort(remoteAddress, remotePort),
    )
    return new UpstreamError('UPSTREAM_CLOSED', text, { cause: this.#error })
  }
}

function headText(head: OutgoingHead, chunked: boolean): string {
  let text = `${head.method} ${head.target} HTTP/1.1\r\nHost: ${head.host}\r\n`
  const { headers } = head
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`
  return chunked ? `${text}Transfer-Encoding: chunked\r\n\r\n` : `${text}\r\n`
}

function lastChunk(trailers: RawHeaders | undefined): string {
  let text = '0\r\n'
  if (trailers) for (let i = 0; i < trailers.length; i += 2) text += `${trailers[i]}: ${trailers[i + 1]}\r\n`
  return `${text}\r\n`
}
