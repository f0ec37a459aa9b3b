import { dropsByLength, isHopByHop } from './hop-by-hop.ts'
import { foldedHeader, isHeader, listHasToken, type RawHeaders } from './raw-headers.ts'

/** What a proxy changes in the headers of a request beyond the rules for all. */
export interface HeaderChanges {
  /** Names in lower case. */
  readonly remove?: readonly string[]
  /** Name, value…; replaces what the client sent under these names. */
  readonly set?: RawHeaders
}

/** The parts of an inbound request that the rewriting looks at. */
export interface InboundHead {
  readonly headers: RawHeaders
  readonly remoteAddress: string
  readonly upgrade: string | undefined
}

/**
 * The headers to send on: hop-by-hop ones are gone (RFC 9110 §7.6.1), `TE: trailers` and the wish to upgrade are put
 * back, the peer is appended to `X-Forwarded-For`. Host is left out. Order, spelling and repetition of the rest stay.
 * `Trailer` stays too, since trailers themselves are passed on.
 */
export function rewriteRequestHeaders(inbound: InboundHead, changes: HeaderChanges): RawHeaders {
  const { headers } = inbound
  const forThisHop = namedByConnection(headers)
  const { remove, set } = changes
  const out: string[] = []
  let forwardedFor: string | undefined
  let acceptsTrailers = false
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!
    const value = headers[i + 1]!
    if (isHeader(name, 'host')) continue
    if (dropsByLength(name.length)) {
      const lower = name.toLowerCase()
      if (lower === 'te') acceptsTrailers ||= listHasToken(value, 'trailers')
      if (isHopByHop(lower)) continue
    }
    if (forThisHop?.has(name.toLowerCase())) continue
    if (isHeader(name, 'x-forwarded-for')) {
      forwardedFor = forwardedFor === undefined ? value : `${forwardedFor}, ${value}`
      continue
    }
    if (remove && isOneOf(name, remove)) continue
    if (set && isSet(name, set)) continue
    out.push(name, value)
  }
  if (!set || !isSet('X-Forwarded-For', set)) {
    const peer = inbound.remoteAddress
    out.push('X-Forwarded-For', forwardedFor === undefined ? peer : `${forwardedFor}, ${peer}`)
  }
  if (acceptsTrailers) out.push('Te', 'trailers')
  if (inbound.upgrade !== undefined) out.push('Connection', 'Upgrade', 'Upgrade', inbound.upgrade)
  if (set) out.push(...set)
  return out
}

/** The headers without those for one hop, as those of a response are passed on. `Trailer` stays. */
export function withoutHopByHop(headers: RawHeaders): RawHeaders {
  let firstDropped = 0
  while (firstDropped < headers.length && !dropsByLength(headers[firstDropped]!.length)) firstDropped += 2
  if (firstDropped >= headers.length) return headers
  const forThisHop = namedByConnection(headers)
  const out = headers.slice(0, 0)
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!
    if (dropsByLength(name.length) && isHopByHop(name.toLowerCase())) continue
    if (forThisHop?.has(name.toLowerCase())) continue
    ;(out as string[]).push(name, headers[i + 1]!)
  }
  return out
}

/**
 * The headers, in lower case, that `Connection` says are for this hop only; undefined without one. The length frames the body, which
 * goes on, so it is never among them: whoever comes next would take the body for another request.
 */
function namedByConnection(headers: RawHeaders): ReadonlySet<string> | undefined {
  const connection = foldedHeader(headers, 'connection')
  if (connection === undefined) return undefined
  const names = new Set<string>()
  for (const part of connection.split(',')) names.add(part.trim().toLowerCase())
  names.delete('content-length')
  return names
}

function isOneOf(name: string, lowerNames: readonly string[]): boolean {
  for (const lowerName of lowerNames) if (isHeader(name, lowerName)) return true
  return false
}

function isSet(name: string, set: RawHeaders): boolean {
  for (let i = 0; i < set.length; i += 2) {
    const other = set[i]!
    if (name.length === other.length && (name === other || name.toLowerCase() === other.toLowerCase()))
      return true
  }
  return false
}
