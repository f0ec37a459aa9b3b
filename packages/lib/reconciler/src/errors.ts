/** Every code that an error of this package carries. */
export const reconcilerErrorCodes = {
  notOwned: 'RECONCILER_NOT_OWNED',
  writeFailed: 'RECONCILER_WRITE_FAILED',
} as const

export type ReconcilerErrorCode = (typeof reconcilerErrorCodes)[keyof typeof reconcilerErrorCodes]

/** An object that something else needs could not be brought into shape; `code` says why. */
export class OwnedObjectError extends Error {
  readonly code: ReconcilerErrorCode

  constructor(code: ReconcilerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'OwnedObjectError'
    this.code = code
  }
}
