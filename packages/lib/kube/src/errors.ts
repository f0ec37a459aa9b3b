/** Stable codes of this package's own errors; refusals by the API are `ApiError`s. */
export type KubeErrorCode = 'KUBE_CONFIG' | 'KUBE_VERSION'

/** The connection to the API server is not configured in a way that can work. */
export class KubeConfigError extends Error {
  readonly code = 'KUBE_CONFIG' satisfies KubeErrorCode

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'KubeConfigError'
  }
}

/** The API server is older than what the project supports. */
export class KubeVersionError extends Error {
  readonly code = 'KUBE_VERSION' satisfies KubeErrorCode

  constructor(message: string) {
    super(message)
    this.name = 'KubeVersionError'
  }
}
