import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { ReportRequest, ReportResponse } from '../gen/stats.ts'
import { FrameReader, frame } from '../grpc-frames.ts'
import { reportPath } from '../report-stream.ts'

/** The gRPC status codes that this server answers with. */
export const grpcStatus = { ok: 0, invalidArgument: 3, resourceExhausted: 8, unimplemented: 12 } as const

/** A reader that lets this much pile up is cut off, bytes. */
const maxUnsent = 1024 * 1024

/** The server's end of one Report call. */
export class GrpcStream {
  /** IP of the other side, an IPv4 one in its short form. */
  readonly peerIp: string
  readonly #stream: ServerHttp2Stream
  #ended = false

  constructor(stream: ServerHttp2Stream) {
    this.#stream = stream
    this.peerIp = (stream.session?.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  }

  /** Starts handing out requests; a request that throws, or can't be read, ends the call. */
  listen(onRequest: (request: ReportRequest) => void, onClose: () => void): void {
    const frames = new FrameReader((message) => {
      if (!this.#ended) onRequest(ReportRequest.decode(message))
    })
    const stream = this.#stream
    stream.on('data', (chunk: Buffer) => {
      try {
        frames.push(chunk)
      } catch (error) {
        this.end(grpcStatus.invalidArgument, error instanceof Error ? error.message : String(error))
      }
    })
    stream.on('end', () => this.end())
    stream.on('error', ignore)
    stream.on('close', onClose)
  }

  send(response: Partial<ReportResponse>): void {
    if (this.#ended || this.#stream.destroyed) return
    if (this.#stream.writableLength > maxUnsent) {
      this.#stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM)
      return
    }
    const message: ReportResponse = {
      reportIntervalMs: 0,
      pause: undefined,
      redirect: undefined,
      pods: [],
      ...response,
    }
    this.#stream.write(frame(ReportResponse.encode(message).finish()))
  }

  /** Ends the call; `message` explains a status other than ok. */
  end(status: number = grpcStatus.ok, message = ''): void {
    if (this.#ended) return
    this.#ended = true
    const stream = this.#stream
    if (stream.destroyed) return
    stream.once('wantTrailers', () => {
      stream.sendTrailers({
        'grpc-status': String(status),
        ...(message ? { 'grpc-message': encodeURIComponent(message) } : {}),
      })
    })
    stream.end()
  }
}

/** Answers a call that can't become a Report call; returns whether it did. */
export function refuse(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): boolean {
  if (!headers['content-type']?.startsWith('application/grpc')) {
    stream.respond({ ':status': 415 }, { endStream: true })
    return true
  }
  if (headers[':path'] === reportPath) return false
  stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-status': String(grpcStatus.unimplemented),
      'grpc-message': encodeURIComponent(`unknown method ${headers[':path']}`),
    },
    { endStream: true },
  )
  return true
}

function ignore(): void {}
