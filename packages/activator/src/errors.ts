/** Stable codes of the errors that keep the activator from starting. */
export type ActivatorErrorCode = 'ENVIRONMENT' | 'CERTIFICATE_MISSING' | 'CERTIFICATE_INVALID'

/** A variable of the environment is missing or can't be used; the message says which and what to do. */
export class EnvironmentError extends Error {
  readonly code = 'ENVIRONMENT' satisfies ActivatorErrorCode

  constructor(variable: string, problem: string) {
    super(`environment variable ${variable} ${problem}`)
    this.name = 'EnvironmentError'
  }
}

/** The Secret with the activator's certificate is not there, or has no usable one in it. */
export class CertificateError extends Error {
  readonly code: ActivatorErrorCode

  constructor(code: 'CERTIFICATE_MISSING' | 'CERTIFICATE_INVALID', message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'CertificateError'
    this.code = code
  }
}
