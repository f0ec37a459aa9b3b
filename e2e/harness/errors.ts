export type E2eErrorCode = 'SETTINGS' | 'USAGE' | 'UNREACHABLE' | 'NOT_IN_TIME'

/** What keeps the suite itself from going on. */
export class E2eError extends Error {
  readonly code: E2eErrorCode

  constructor(code: E2eErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'E2eError'
    this.code = code
  }
}
