/** Every code that an error of this package carries. */
export const hpaErrorCodes = {
  envInvalid: 'HPA_ENV_INVALID',
  notOwned: 'HPA_NOT_OWNED',
  createFailed: 'HPA_CREATE_FAILED',
  updateFailed: 'HPA_UPDATE_FAILED',
} as const

export type HpaErrorCode = (typeof hpaErrorCodes)[keyof typeof hpaErrorCodes]

/** An error of the HPA autoscaler; `code` says which. */
export class HpaError extends Error {
  readonly code: HpaErrorCode

  constructor(code: HpaErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'HpaError'
    this.code = code
  }
}
