/** Stable codes of every error this package raises. */
export type ProxyErrorCode =
  /** No connection to the destination could be made. */
  | 'UPSTREAM_UNREACHABLE'
  /** The connection broke before or amid the response. */
  | 'UPSTREAM_CLOSED'
  /** The destination sent what is not HTTP, or the request can't be sent in its protocol. */
  | 'UPSTREAM_MALFORMED'
  /** The destination switched to a protocol that the client did not ask for. */
  | 'UPSTREAM_UPGRADE_MISMATCH'
  /** A request of our own took longer than it was given. */
  | 'UPSTREAM_TIMEOUT'
  /** A request of our own was called off. */
  | 'CANCELLED'
  /** A client sent what is not a request, or not one that we take. */
  | 'REQUEST_REFUSED'
  /** An environment variable about TLS has a value that is none of those known. */
  | 'TLS_SETTING_INVALID'

/** A failure on the way to a destination. The message is worded as Go's HTTP client words it, since clients see it in 502 bodies. */
export class UpstreamError extends Error {
  readonly code: ProxyErrorCode

  constructor(code: ProxyErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'UpstreamError'
    this.code = code
  }
}

/** An environment variable about TLS can't be used; the process can't start. */
export class TlsSettingError extends Error {
  readonly code: ProxyErrorCode = 'TLS_SETTING_INVALID'
  readonly variable: string

  /** @param problem what is wrong and what would be right */
  constructor(variable: string, problem: string) {
    super(`environment variable ${variable} ${problem}`)
    this.name = 'TlsSettingError'
    this.variable = variable
  }
}

/** What a client sent can't be served; its connection is closed after the answer. */
export class RequestError extends Error {
  readonly code: ProxyErrorCode = 'REQUEST_REFUSED'
  /** Of the answer: 400, 405, 408, 417, 431, 501 or 505. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'RequestError'
    this.status = status
  }
}
