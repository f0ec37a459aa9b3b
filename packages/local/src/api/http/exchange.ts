import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { ApiError, toApiError, tooLarge } from '../errors.ts'
import type { UserInfo } from '../resources/write-options.ts'

const maxBodyBytes = 3 * 1024 * 1024

/** One request with its answer, over HTTP/1.1 or HTTP/2. */
export class Exchange {
  readonly method: string
  readonly url: URL
  readonly user: UserInfo
  /** Told to the client in Warning headers. */
  readonly warnings: string[] = []
  readonly #request: Http2ServerRequest
  readonly #response: Http2ServerResponse

  constructor(request: Http2ServerRequest, response: Http2ServerResponse, url: URL, user: UserInfo) {
    this.method = request.method ?? 'GET'
    this.url = url
    this.user = user
    this.#request = request
    this.#response = response
  }

  header(name: string): string | undefined {
    const value = this.#request.headers[name]
    return Array.isArray(value) ? value[0] : value
  }

  get query(): URLSearchParams {
    return this.url.searchParams
  }

  get response(): Http2ServerResponse {
    return this.#response
  }

  /** The whole body. Throws 413 when it is longer than Kubernetes allows. */
  async body(): Promise<Buffer> {
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of this.#request as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > maxBodyBytes) throw tooLarge(`the request body is longer than ${maxBodyBytes} bytes`)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  }

  /** Answers with JSON. */
  json(code: number, value: unknown, contentType = 'application/json'): void {
    this.raw(code, Buffer.from(JSON.stringify(value)), contentType)
  }

  /** Answers with bytes. */
  raw(code: number, body: Buffer, contentType: string, headers: Readonly<Record<string, string>> = {}): void {
    if (this.#response.headersSent || this.#response.destroyed) return
    this.#response.statusCode = code
    this.#response.setHeader('content-type', contentType)
    this.#response.setHeader('content-length', body.length)
    this.#response.setHeader('cache-control', 'no-cache, private')
    for (const [name, value] of Object.entries(headers)) this.#response.setHeader(name, value)
    if (this.warnings.length > 0) this.#response.setHeader('warning', warningHeaders(this.warnings))
    this.#response.end(body)
  }

  /** Answers with a failure. */
  fail(error: unknown): void {
    const failure = toApiError(error)
    const retryAfter = failure.details?.retryAfterSeconds
    const headers: Record<string, string> = retryAfter ? { 'retry-after': String(retryAfter) } : {}
    this.raw(failure.httpCode, Buffer.from(JSON.stringify(failure.toStatus())), 'application/json', headers)
    if (this.#response.headersSent && !this.#response.writableEnded) this.#response.destroy()
  }

  /** Starts a streamed answer. */
  startStream(contentType: string): void {
    this.#response.statusCode = 200
    this.#response.setHeader('content-type', contentType)
    this.#response.setHeader('cache-control', 'no-cache, private')
    if (this.warnings.length > 0) this.#response.setHeader('warning', warningHeaders(this.warnings))
    // Both kinds of response have it; the types of HTTP/2's leave it out.
    const flushable = this.#response as unknown as { flushHeaders(): void }
    flushable.flushHeaders()
  }
}

function warningHeaders(warnings: readonly string[]): string[] {
  return [...new Set(warnings)].map(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: header values may not hold them
    (text) => `299 - ${JSON.stringify(text.replace(/[\u0000-\u001f\u007f-\uffff]+/g, ' '))}`,
  )
}

/** A path that nothing is served at. */
export function nothingHere(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource', {})
}
