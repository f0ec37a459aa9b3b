import { RequestError } from './errors.ts'
import { listHasToken, type RawHeaders } from './raw-headers.ts'
import { isFieldValue, isHost, isToken, trimBlanks } from './syntax.ts'

/** The head of an HTTP/1.x request, and what it says about framing. */
export interface RequestHead {
  readonly method: string
  /** In origin form (or `*`), byte for byte. */
  readonly target: string
  /** From an absolute target, else the Host header; empty if HTTP/1.0 has neither. */
  readonly host: string
  readonly httpMinor: 0 | 1
  readonly headers: RawHeaders
  /** Content-Length, or -1 for chunks. */
  readonly bodyBytes: number
  readonly keepAlive: boolean
  /** Protocol to switch to, if that is asked for and can be. */
  readonly upgrade: string | undefined
  readonly expectsContinue: boolean
}

const maxMethodBytes = 64
const forbiddenInTarget = /[\0-\x20\x7f]/
const absoluteForm = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)(.*)$/i
/**
 * Parses a request head, strictly as RFC 9112 has it: whatever could be read in two ways is refused.
 * @param text every line with its CRLF, without the empty one; a character per byte
 * @throws RequestError
 */
export function parseRequestHead(text: string): RequestHead {
  const lineEnd = text.indexOf('\r\n')
  const httpMinor = versionAt(text, lineEnd)
  const methodEnd = text.indexOf(' ')
  const method = text.slice(0, methodEnd)
  if (method.length > maxMethodBytes || !isToken(method)) throw malformed('invalid method')
  const target = text.slice(methodEnd + 1, Math.max(methodEnd + 1, lineEnd - versionBytes))
  if (target === '' || forbiddenInTarget.test(target)) throw malformed('invalid request target')
  const fields = new HeadFields(httpMinor)
  for (let start = lineEnd + 2; start < text.length; ) start = fields.read(text, start)
  return fields.finish(method, target)
}

/**
 * Parses trailer lines; fields that frame or route a message are refused there.
 * @throws RequestError
 */
export function parseTrailers(text: string): RawHeaders {
  const trailers: string[] = []
  for (let start = 0; start < text.length; ) {
    start = readField(text, start, trailers)
    const name = trailers[trailers.length - 2]!.toLowerCase()
    if (name === 'content-length' || name === 'transfer-encoding' || name === 'host')
      throw malformed(`${name} in a trailer`)
  }
  return trailers
}

/** ` HTTP/1.1` */
const versionBytes = 9

function versionAt(text: string, lineEnd: number): 0 | 1 {
  const at = lineEnd - versionBytes
  if (at < 0 || !text.startsWith(' HTTP/', at)) throw malformed('malformed request line')
  const version = text.slice(at + 6, lineEnd)
  if (version === '1.1') return 1
  if (version === '1.0') return 0
  if (/^\d\.\d$/.test(version)) throw new RequestError(505, 'unsupported protocol version')
  throw malformed('malformed HTTP version')
}

/** Appends the name and value of the line at `start`. @returns where the next line starts */
function readField(text: string, start: number, fields: string[]): number {
  const end = text.indexOf('\r\n', start)
  const colon = text.indexOf(':', start)
  if (colon < 0 || colon > end) throw malformed('header line without a colon')
  const name = text.slice(start, colon)
  if (!isToken(name)) throw malformed('invalid header name')
  const value = trimBlanks(text, colon + 1, end)
  if (!isFieldValue(value)) throw malformed('invalid header value')
  fields.push(name, value)
  return end + 2
}

/** Collects header fields, and those among them that matter to us. */
class HeadFields {
  readonly #httpMinor: 0 | 1
  readonly #headers: string[] = []
  #host: string | undefined
  #contentLength: string | undefined
  #transferEncoding: string | undefined
  #connection: string | undefined
  #upgrade: string | undefined
  #expect: string | undefined

  constructor(httpMinor: 0 | 1) {
    this.#httpMinor = httpMinor
  }

  read(text: string, start: number): number {
    const headers = this.#headers
    const next = readField(text, start, headers)
    const name = headers[headers.length - 2]!
    const value = headers[headers.length - 1]!
    switch (name.length) {
      case 4:
        if (name.toLowerCase() === 'host') this.#host = only('Host', this.#host, value)
        break
      case 6:
        if (name.toLowerCase() === 'expect') this.#expect = only('Expect', this.#expect, value)
        break
      case 7:
        if (name.toLowerCase() === 'upgrade') this.#upgrade = joined(this.#upgrade, value)
        break
      case 10:
        if (name.toLowerCase() === 'connection') this.#connection = joined(this.#connection, value)
        break
      case 14:
        if (name.toLowerCase() === 'content-length')
          this.#contentLength = only('Content-Length', this.#contentLength, value)
        break
      case 17:
        if (name.toLowerCase() === 'transfer-encoding')
          this.#transferEncoding = only('Transfer-Encoding', this.#transferEncoding, value)
        break
    }
    return next
  }

  finish(method: string, target: string): RequestHead {
    const bodyBytes = this.#bodyBytes()
    const http11 = this.#httpMinor === 1
    const keepAlive = http11
      ? !listHasToken(this.#connection, 'close')
      : listHasToken(this.#connection, 'keep-alive')
    if (this.#host === undefined && http11) throw malformed('missing required Host header')
    if (this.#host !== undefined && !isHost(this.#host)) throw malformed('malformed Host header')
    if (method === 'CONNECT') throw new RequestError(405, 'CONNECT is not supported')
    const expect = http11 ? this.#expect : undefined
    if (expect && expect.toLowerCase() !== '100-continue')
      throw new RequestError(417, `unknown expectation ${expect}`)
    const absolute = target.charCodeAt(0) === slash ? undefined : authorityAndPath(method, target)
    return {
      method,
      target: absolute ? absolute.path : target,
      host: absolute?.authority ?? this.#host ?? '',
      httpMinor: this.#httpMinor,
      headers: this.#headers,
      bodyBytes,
      keepAlive,
      upgrade: bodyBytes === 0 ? this.#upgradeAsked() : undefined,
      expectsContinue: expect !== undefined && expect !== '' && bodyBytes !== 0,
    }
  }

  /** RFC 9112 §6.3, refusing where it lets a server choose. */
  #bodyBytes(): number {
    const coding = this.#transferEncoding
    const length = this.#contentLength
    if (coding !== undefined) {
      if (length !== undefined) throw malformed('both Transfer-Encoding and Content-Length')
      if (this.#httpMinor === 0) throw malformed('Transfer-Encoding in HTTP/1.0')
      const lower = coding.toLowerCase()
      if (lower === 'chunked') return -1
      // We could not pass on a coding that we don't undo.
      if (/^(?!chunked\b)[a-z-]+(?:, *(?!chunked\b)[a-z-]+)*, *chunked$/.test(lower))
        throw new RequestError(501, 'unsupported transfer encoding')
      throw malformed('invalid transfer encoding')
    }
    if (length === undefined) return 0
    if (!/^\d{1,15}$/.test(length)) throw malformed('invalid Content-Length')
    return Number(length)
  }

  /** Not h2c, which we only speak from a connection's start. */
  #upgradeAsked(): string | undefined {
    const protocol = this.#upgrade
    if (!protocol || !listHasToken(this.#connection, 'upgrade') || listHasToken(protocol, 'h2c'))
      return undefined
    return protocol
  }
}

const slash = 47

function authorityAndPath(method: string, target: string): { authority?: string; path: string } {
  if (target === '*' && method === 'OPTIONS') return { path: '*' }
  const match = absoluteForm.exec(target)
  if (!match || match[1] === '' || !isHost(match[1]!)) throw malformed('invalid request target')
  const path = match[2]!
  return { authority: match[1]!, path: path.startsWith('/') ? path : `/${path}` }
}

function only(name: string, before: string | undefined, value: string): string {
  if (before !== undefined) throw malformed(`more than one ${name} header`)
  return value
}

function joined(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`
}

function malformed(text: string): RequestError {
  return new RequestError(400, text)
}
