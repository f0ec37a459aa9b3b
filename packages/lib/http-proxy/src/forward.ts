import type { UpstreamError } from './errors.ts'
import type { Exchange } from './exchange.ts'
import type { RawHeaders } from './raw-headers.ts'
import { Relay } from './relay.ts'
import type { HeaderChanges } from './request-headers.ts'
import type { Destination, PooledDestination } from './upstreams.ts'

/** How a request is changed on its way. Objects may be shared by all requests. */
export interface ForwardOptions extends HeaderChanges {
  /** Host to send; if not given, the client's. Empty stands for the destination's address. */
  readonly host?: string
  /** Called as the final response (or a 101) begins; what it returns is added to the response's headers. */
  readonly onHead?: (status: number) => RawHeaders | undefined
}

/** What became of a forwarded request. */
export type ForwardOutcome =
  /** The response, whatever its status, was passed on whole. */
  | { readonly kind: 'answered' }
  /** The connection was upgraded and has since been closed. */
  | { readonly kind: 'upgraded' }
  /** Nothing was sent to the client: the caller answers, by custom 502 with the error's message. `sent` is false when the destination can't have seen any of it. */
  | { readonly kind: 'failed'; readonly error: UpstreamError; readonly sent: boolean }
  /** The destination broke amid its response; the client's connection was broken off too. */
  | { readonly kind: 'broken'; readonly error: UpstreamError }
  /** The exchange ended first: the client left or a limit cut it off. The destination was told. */
  | { readonly kind: 'cancelled' }

/**
 * Sends `exchange` on to `destination` and streams the answer back, both ways at once and at the pace of the slower side.
 * HTTP/1.1 goes out as HTTP/1.1, HTTP/2 as HTTP/2. Passes on trailers, informational responses, upgrades. A request that
 * met a stale connection is sent once more on a new one if it has no body and may be repeated.
 * Never rejects.
 */
export function forward(
  exchange: Exchange,
  destination: Destination,
  options: ForwardOptions = {},
): Promise<ForwardOutcome> {
  return new Promise((resolve) => {
    new Relay(exchange, destination as PooledDestination, options, resolve).start()
  })
}
