import { connect, type IncomingHttpHeaders } from 'node:http2'

export interface Http2Answer {
  status: number
  body: string
  headers: IncomingHttpHeaders
  trailers: IncomingHttpHeaders
}

export interface Http2Request {
  body?: Buffer
  /** Sent after the body. */
  trailers?: Record<string, string>
}

/** A connection that speaks HTTP/2 with prior knowledge, to one host behind the gateway. */
export class Http2Client implements Disposable {
  readonly #session
  readonly #authority: string

  /**
   * @param gatewayOrigin address of the gateway's HTTP listener
   * @param url of the Service
   */
  constructor(gatewayOrigin: string, url: string) {
    this.#session = connect(gatewayOrigin)
    this.#session.on('error', () => {
      // Each request of the session reports it.
    })
    this.#authority = new URL(url).hostname
  }

  /** Asks for `path`; a request with a body is a POST. */
  request(path: string, { body, trailers }: Http2Request = {}): Promise<Http2Answer> {
    const stream = this.#session.request(
      { ':path': path, ':authority': this.#authority, ':method': body ? 'POST' : 'GET' },
      { endStream: body === undefined, waitForTrailers: trailers !== undefined },
    )
    if (trailers) stream.once('wantTrailers', () => stream.sendTrailers(trailers))
    if (body) stream.end(body)
    return new Promise((resolve, reject) => {
      let headers: IncomingHttpHeaders = {}
      let received: IncomingHttpHeaders = {}
      const chunks: Buffer[] = []
      stream.once('response', (fields) => {
        headers = fields
      })
      stream.once('trailers', (fields) => {
        received = fields
      })
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.once('error', reject)
      stream.once('end', () => {
        const status = Number(headers[':status'])
        resolve({ status, body: Buffer.concat(chunks).toString(), headers, trailers: received })
      })
    })
  }

  [Symbol.dispose](): void {
    this.#session.destroy()
  }
}
