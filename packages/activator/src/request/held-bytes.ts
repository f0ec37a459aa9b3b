import { type Exchange, headerValue, http2StreamWindow } from '@knative-ts/http-proxy'

/** Most of a body that is taken in before somebody reads it: by HTTP/2, the window of a stream. */
const readAheadBytes = { 1: 64 * 1024, 2: http2StreamWindow } as const
/** What a header line costs beyond its name and value. */
const bytesPerHeader = 4

/**
 * Estimate of the memory that a request's own bytes take while it waits: its head, and of its body what arrives before
 * the connection holds the client back.
 */
export function heldBytes({
  headers,
  target,
  hasBody,
  httpMajor,
}: Pick<Exchange, 'headers' | 'target' | 'hasBody' | 'httpMajor'>): number {
  let bytes = target.length
  for (const text of headers) bytes += text.length
  bytes += (headers.length / 2) * bytesPerHeader
  if (!hasBody) return bytes
  const length = headerValue(headers, 'content-length')
  const most = readAheadBytes[httpMajor]
  return bytes + (length === undefined ? most : Math.min(most, Number(length)))
}
