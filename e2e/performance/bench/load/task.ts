/** One measurement that the load process is asked for. */
export interface LoadTask {
  /** `closed`: as fast as answers come; `paced`: at `rate`, counted from when each request was due. */
  readonly mode: 'closed' | 'paced'
  readonly protocol: 'http1' | 'h2c'
  readonly host: string
  /** Where every other connection goes instead. */
  readonly neighbourHost?: string
  readonly port: number
  readonly connections: number
  /** Requests at once per connection; for h2c. */
  readonly streams: number
  /** Measured time, milliseconds; `warmMs` come before it. */
  readonly ms: number
  readonly warmMs: number
  /** Requests per second over all connections; for `paced`. */
  readonly rate: number
  /** Which body: 13 bytes of answer, or 1 MiB of answer or of request. */
  readonly body: 'small' | 'download' | 'upload'
  /** Process whose CPU time is to be measured, 0 for none. */
  readonly pid: number
  /** Its children of which the same is to be measured. */
  readonly childPids?: readonly number[]
  /** Connections are kept under this name for further tasks of the same load, until sessions are ended. */
  readonly session?: string
  /** Further header lines of HTTP/1.1 requests, each with its end of line. */
  readonly headerLines?: string
}

/** What came out of it. */
export interface LoadResult {
  readonly requests: number
  readonly failed: number
  readonly seconds: number
  readonly p50Us: number
  readonly p99Us: number
  /** CPU time that process `pid` spent meanwhile, microseconds. */
  readonly cpuUs: number
  /** The same of each of `childPids`. */
  readonly childCpuUs: readonly number[]
  /** CPU time that client and backends spent meanwhile, microseconds. */
  readonly loadCpuUs: number
}

/** Said in place of a task: connections that were kept may go. */
export const endOfSessions = 'end of sessions'

export const mebibyte = 1 << 20
export const smallBody = 'Hello, bench!'
