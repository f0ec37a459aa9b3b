/** Every code that an error of this package carries. */
export const autoscalerErrorCodes = {
  envMissing: 'AUTOSCALER_ENV_MISSING',
  labelMissing: 'AUTOSCALER_LABEL_MISSING',
  scrapeFailed: 'AUTOSCALER_SCRAPE_FAILED',
  scrapeMesh: 'AUTOSCALER_SCRAPE_MESH',
  scrapeUnscraped: 'AUTOSCALER_SCRAPE_UNSCRAPED',
  scaleFailed: 'AUTOSCALER_SCALE_FAILED',
  forwardFailed: 'AUTOSCALER_FORWARD_FAILED',
} as const

export type AutoscalerErrorCode = (typeof autoscalerErrorCodes)[keyof typeof autoscalerErrorCodes]

/** An error of the autoscaler; `code` says which. */
export class AutoscalerError extends Error {
  readonly code: AutoscalerErrorCode

  constructor(code: AutoscalerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'AutoscalerError'
    this.code = code
  }
}
