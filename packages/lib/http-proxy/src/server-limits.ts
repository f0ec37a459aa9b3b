/** What one proxy server puts up with; the defaults are those of Go's server, which clients of Knative rely on. */
export interface ServerLimits {
  /** Largest request head, bytes. */
  readonly headBytes: number
  /** Longest time from the first byte (or the connection) to the end of a request head, milliseconds. */
  readonly headMs: number
  /** Concurrent HTTP/2 streams per connection. */
  readonly http2Streams: number
}

/** 1 MiB of head, 60 s for it, 250 streams. There is no idle keep-alive limit and no whole-request limit. */
export const defaultServerLimits: ServerLimits = { headBytes: 1 << 20, headMs: 60_000, http2Streams: 250 }
