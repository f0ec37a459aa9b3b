/** Every error that local mode throws, by its stable code. */
export type LocalErrorCode =
  | 'IMAGE_NOT_FOUND'
  | 'IMAGE_INVALID'
  | 'CONTAINER_CONFIG'
  | 'ADDRESS_IN_USE'
  | 'STATE_BROKEN'
  | 'STATE_IN_USE'
  | 'MANIFESTS_MISSING'
  | 'NOT_READY'
  | 'USAGE'
  | 'DEMO_STEP'
  | 'ENVOY_NOT_FOUND'

/** A failure whose message tells the person at the keyboard what to do about it. */
export class LocalError extends Error {
  readonly code: LocalErrorCode

  constructor(code: LocalErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'LocalError'
    this.code = code
  }
}

/** The code of a LocalError, undefined for anything else. */
export function localErrorCode(error: unknown): LocalErrorCode | undefined {
  return error instanceof Error && error.name === 'LocalError' ? (error as LocalError).code : undefined
}
