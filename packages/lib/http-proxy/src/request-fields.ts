import type { TLSSocket } from 'node:tls'
import type { Exchange } from './exchange.ts'
import { joinHostPort } from './go-error-text.ts'
import { headerValue, listHasToken, type RawHeaders } from './raw-headers.ts'

/** What we know of Go's `tls.ConnectionState`. */
export interface TlsFields {
  readonly Version: number
  readonly HandshakeComplete: boolean
  readonly DidResume: boolean
  readonly NegotiatedProtocol: string
  readonly NegotiatedProtocolIsMutual: boolean
  readonly ServerName: string
}

/** By OpenSSL's names, as they are written on the wire. */
const tlsVersions: Readonly<Record<string, number>> = { 'TLSv1.2': 0x0303, 'TLSv1.3': 0x0304 }

/** The state of a TLS connection, which is known while it is open; null for cleartext. */
export function tlsFields(socket: TLSSocket | undefined): TlsFields | null {
  if (!socket) return null
  return {
    Version: tlsVersions[socket.getProtocol() ?? ''] ?? 0,
    HandshakeComplete: true,
    DidResume: socket.isSessionReused(),
    NegotiatedProtocol: socket.alpnProtocol || '',
    NegotiatedProtocolIsMutual: true,
    ServerName: socket.servername || '',
  }
}

/**
 * The fields and methods of Go's `http.Request` that templates use. Others are an error to a template, so those that are empty for
 * each request that a server receives are here, too.
 */
export function requestFields(exchange: Exchange, tls: TlsFields | null): Readonly<Record<string, unknown>> {
  const { headers } = exchange
  return {
    Method: exchange.method,
    URL: urlFields(exchange.target),
    Proto: `HTTP/${exchange.httpMajor}.${exchange.httpMinor}`,
    ProtoMajor: exchange.httpMajor,
    ProtoMinor: exchange.httpMinor,
    get Header() {
      return new Header(headers)
    },
    ContentLength: contentLength(exchange),
    TransferEncoding: listHasToken(headerValue(headers, 'transfer-encoding'), 'chunked') ? ['chunked'] : [],
    Close: listHasToken(headerValue(headers, 'connection'), 'close'),
    Host: exchange.host,
    Form: new Map(),
    PostForm: new Map(),
    MultipartForm: null,
    Trailer: new Map(),
    RemoteAddr: joinHostPort(exchange.remoteAddress, exchange.remotePort),
    RequestURI: exchange.target,
    TLS: tls,
    Pattern: '',
    UserAgent: () => headerValue(headers, 'user-agent') ?? '',
    Referer: () => headerValue(headers, 'referer') ?? '',
  }
}

/** Those of Go's `url.URL`. */
function urlFields(target: string): Readonly<Record<string, unknown>> {
  const query = target.indexOf('?')
  return {
    Scheme: '',
    Opaque: '',
    User: null,
    Host: '',
    Path: decoded(query < 0 ? target : target.slice(0, query)),
    RawPath: '',
    ForceQuery: query >= 0 && query === target.length - 1,
    RawQuery: query < 0 ? '' : target.slice(query + 1),
    Fragment: '',
    RawFragment: '',
    String: () => target,
  }
}

/** As it is if it can't be decoded. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** -1 stands for a body of unknown length. */
function contentLength({ hasBody, headers }: Exchange): number {
  if (!hasBody) return 0
  const length = headerValue(headers, 'content-length')
  return length === undefined ? -1 : Number(length)
}

/**
 * Go's `http.Header`: lists of values by canonical name (`Accept-Encoding`), the empty one for a name that did not come. `Host` is a
 * field of the request instead.
 */
class Header extends Map<string, readonly string[]> {
  constructor(headers: RawHeaders) {
    super()
    for (let i = 0; i < headers.length; i += 2) {
      const name = canonical(headers[i]!)
      if (name === 'Host') continue
      this.set(name, [...this.get(name), headers[i + 1]!])
    }
  }

  override get(name: string): readonly string[] {
    return super.get(name) ?? []
  }

  /** The first value of a header in any spelling, as Go's methods of that name. */
  readonly Get = (name: unknown): string => this.Values(name)[0] ?? ''

  readonly Values = (name: unknown): readonly string[] => {
    if (typeof name !== 'string') throw new TypeError('the name of a header is a string')
    return this.get(canonical(name))
  }
}

function canonical(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase())
}
