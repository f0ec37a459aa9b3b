import type { OutgoingHttpHeaders } from 'node:http'
import { isHopByHop } from './hop-by-hop.ts'
import type { RawHeaders } from './raw-headers.ts'

/** Trailers, or headers, in the one form that `node:http2` takes, without those it refuses: they concern one connection only. */
export function trailerObject(trailers: RawHeaders | undefined): OutgoingHttpHeaders {
  const object: Record<string, string | string[]> = Object.create(null)
  if (!trailers) return object
  for (let i = 0; i < trailers.length; i += 2) {
    const name = trailers[i]!.toLowerCase()
    if (isHopByHop(name) || name === 'http2-settings') continue
    const value = trailers[i + 1]!
    const before = object[name]
    object[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]
  }
  return object
}
