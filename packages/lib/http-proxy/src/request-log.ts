import type { Clock } from '@knative-ts/clock'
import type { Ending, Exchange } from './exchange.ts'
import { joinHostPort } from './go-error-text.ts'
import { headerValue, type RawHeaders } from './raw-headers.ts'

/** What a line of the request log is made with. */
export interface RequestLogOptions {
  /** Renders one line; may throw when the template asks for what isn't there. */
  readonly render: (data: Readonly<Record<string, unknown>>) => string
  /** The template's `.Revision`. */
  readonly revision: Readonly<Record<string, string>>
  /** The template's `.TraceID`. */
  readonly traceID: string
  readonly clock: Clock
  /** Receives one line with its newline. */
  readonly write: (line: string) => void
}

interface ResponseFields {
  readonly Code: number
  /** Bytes of body. */
  readonly Size: number
  /** Seconds. */
  readonly Latency: number
}

/** Writes a line about `exchange` when it ends; to be called on arrival. */
export function logRequest(exchange: Exchange, options: RequestLogOptions): void {
  const { clock } = options
  const startMs = clock.monotonic()
  exchange.onEnd((ending) => {
    const line = lineOf(exchange, options, responseOf(exchange, ending, (clock.monotonic() - startMs) / 1000))
    options.write(line.endsWith('\n') ? line : `${line}\n`)
  })
}

/** A response that was broken off counts as 500 without a body. */
function responseOf(exchange: Exchange, ending: Ending, latencySeconds: number): ResponseFields {
  const broken = ending === 'aborted' || exchange.status === 0
  return {
    Code: broken ? 500 : exchange.status,
    Size: broken ? 0 : exchange.bodyBytes,
    Latency: latencySeconds,
  }
}

function lineOf(exchange: Exchange, options: RequestLogOptions, response: ResponseFields): string {
  try {
    const { revision, traceID } = options
    return options.render({
      Request: requestFields(exchange),
      Response: response,
      Revision: revision,
      TraceID: traceID,
    })
  } catch {
    return `Invalid request log template: method: ${exchange.method}, response code: ${response.Code}, latency: ${response.Latency}, url: ${exchange.target}`
  }
}

/** The fields and methods of Go's `http.Request` that templates use. */
function requestFields(exchange: Exchange): Record<string, unknown> {
  const { headers, target } = exchange
  const query = target.indexOf('?')
  return {
    Method: exchange.method,
    RequestURI: target,
    URL: {
      Path: query < 0 ? target : target.slice(0, query),
      RawQuery: query < 0 ? '' : target.slice(query + 1),
      String: () => target,
    },
    Host: exchange.host,
    Proto: `HTTP/${exchange.httpMajor}.${exchange.httpMinor}`,
    ProtoMajor: exchange.httpMajor,
    ProtoMinor: exchange.httpMinor,
    ContentLength: contentLength(exchange),
    RemoteAddr: joinHostPort(exchange.remoteAddress, exchange.remotePort),
    UserAgent: () => headerValue(headers, 'user-agent') ?? '',
    Referer: () => headerValue(headers, 'referer') ?? '',
    Header: headerMap(headers),
    TLS: exchange.secure ? '{HandshakeComplete:true}' : null,
  }
}

/** -1 stands for a body of unknown length. */
function contentLength({ hasBody, headers }: Exchange): number {
  if (!hasBody) return 0
  const length = headerValue(headers, 'content-length')
  return length === undefined ? -1 : Number(length)
}

/** Headers by canonical name (`Accept-Encoding`), each a list, with Go's method `Get`. */
function headerMap(headers: RawHeaders): Record<string, unknown> {
  const map: Record<string, unknown> = {}
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase())
    const values = map[name]
    if (Array.isArray(values)) values.push(headers[i + 1]!)
    else map[name] = [headers[i + 1]!]
  }
  const get = (name: unknown) => headerValue(headers, String(name).toLowerCase()) ?? ''
  return Object.defineProperty(map, 'Get', { value: get, enumerable: false })
}
