/** Stable codes of what keeps the soak from running. */
export type SoakErrorCode = 'OPTION_INVALID' | 'NOT_BUILT' | 'PROCESS_DID_NOT_START' | 'PROCESS_DIED'

/** The soak can't go on; the message says what to do. */
export class SoakError extends Error {
  readonly code: SoakErrorCode

  constructor(code: SoakErrorCode, message: string) {
    super(message)
    this.name = 'SoakError'
    this.code = code
  }
}
