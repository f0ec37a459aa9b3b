/** Stable codes of what keeps a measurement on a cluster from running. */
export type MeasurementErrorCode = 'OPTION_INVALID' | 'TOOL_MISSING' | 'LOAD_FAILED' | 'NOT_IN_TIME'

/** The measurement can't go on; the message says what to do. */
export class MeasurementError extends Error {
  readonly code: MeasurementErrorCode

  constructor(code: MeasurementErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MeasurementError'
    this.code = code
  }
}
