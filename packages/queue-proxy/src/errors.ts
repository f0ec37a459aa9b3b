/** Stable codes of every error this service raises. */
export type QueueProxyErrorCode =
  /** An environment variable is missing or can't be understood. */
  | 'ENVIRONMENT_INVALID'
  /** One try of a readiness probe did not pass. */
  | 'PROBE_FAILED'

/** What the controller put into our environment can't be used; the process can't start. */
export class EnvironmentError extends Error {
  readonly code: QueueProxyErrorCode = 'ENVIRONMENT_INVALID'
  readonly variable: string

  /** @param problem what is wrong and what would be right, e.g. `must be an integer, got "x"` */
  constructor(variable: string, problem: string, options?: ErrorOptions) {
    super(`environment variable ${variable} ${problem}`, options)
    this.name = 'EnvironmentError'
    this.variable = variable
  }
}

/** The user container did not pass its readiness probe; the message says why. */
export class ProbeError extends Error {
  readonly code: QueueProxyErrorCode = 'PROBE_FAILED'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ProbeError'
  }
}
