/** Every code that an error of this package carries. */
export const statsErrorCodes = {
  badAddress: 'STATS_BAD_ADDRESS',
  badFrame: 'STATS_BAD_FRAME',
  notAccepted: 'STATS_NOT_ACCEPTED',
  connectionLost: 'STATS_CONNECTION_LOST',
  dropped: 'STATS_DROPPED',
} as const

export type StatsErrorCode = (typeof statsErrorCodes)[keyof typeof statsErrorCodes]

/** An error of the stats streams or windows; `code` says which. */
export class StatsError extends Error {
  readonly code: StatsErrorCode

  constructor(code: StatsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StatsError'
    this.code = code
  }
}
