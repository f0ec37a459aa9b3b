import { readFileSync } from 'node:fs'

/** A request that must not get through, and what it is answered with before the connection is closed. */
export interface MalformedRequest {
  readonly name: string
  readonly status: number
  /** A character per byte. */
  readonly bytes: string
}

/** The corpus: each request is malformed, ambiguous or not ours to serve. */
export const malformedRequests: readonly MalformedRequest[] = JSON.parse(
  readFileSync(new URL('../../testdata/malformed-requests.json', import.meta.url), 'utf8'),
)

/** What is sent after each, in the hope that somebody takes it for a request of its own. */
export const smuggledRequest = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n'
