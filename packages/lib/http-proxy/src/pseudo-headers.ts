import type { RawHeaders } from './raw-headers.ts'

/** `raw` without the pseudo-headers that HTTP/2 puts first. */
export function withoutPseudoHeaders(raw: RawHeaders): RawHeaders {
  let first = 0
  while (first < raw.length && raw[first]!.charCodeAt(0) === 58) first += 2
  return first === 0 ? raw : raw.slice(first)
}
