/** Stable codes of what keeps a benchmark from running. */
export type BenchErrorCode = 'OPTION_INVALID' | 'PROXY_DID_NOT_START' | 'LOAD_FAILED' | 'BUILD_FAILED'

/** The benchmark can't go on; the message says what to do. */
export class BenchError extends Error {
  readonly code: BenchErrorCode

  constructor(code: BenchErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BenchError'
    this.code = code
  }
}
