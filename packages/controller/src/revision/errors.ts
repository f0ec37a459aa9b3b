import type { ControllerErrorCode } from '../errors.ts'

/** With multi-container probing every sidecar probe must say which port it means. */
export class SidecarProbePortError extends Error {
  readonly code = 'SIDECAR_PROBE_PORT' satisfies ControllerErrorCode

  constructor(container: string) {
    super(`sidecar readiness probe does not define probe port on container: ${container}`)
    this.name = 'SidecarProbePortError'
  }
}

/** Pods can't start before the certificate they mount was issued. */
export class CertificatePendingError extends Error {
  readonly code = 'CERTIFICATE_PENDING' satisfies ControllerErrorCode

  constructor(namespace: string, secretName: string, missing: string) {
    super(`certificate secret ${namespace}/${secretName} is not ready: it has no ${missing}`)
    this.name = 'CertificatePendingError'
  }
}

/** An image's tag could not be turned into a digest; the message goes into the revision's status. */
export class ImageUnresolvedError extends Error {
  readonly code = 'IMAGE_UNRESOLVED' satisfies ControllerErrorCode

  constructor(image: string, cause: unknown) {
    const text = cause instanceof Error ? cause.message : String(cause)
    super(`Unable to fetch image "${image}": failed to resolve image to digest: ${text}`, { cause })
    this.name = 'ImageUnresolvedError'
  }
}

/** Text that names no image. */
export class ImageReferenceError extends Error {
  readonly code = 'IMAGE_REFERENCE' satisfies ControllerErrorCode

  constructor(image: string, problem: string) {
    super(`could not parse reference: ${image}: ${problem}`)
    this.name = 'ImageReferenceError'
  }
}

/** A registry refused a request or answered something that is no manifest. */
export class RegistryAnswerError extends Error {
  readonly code = 'REGISTRY_ANSWER' satisfies ControllerErrorCode
  /** HTTP status. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'RegistryAnswerError'
    this.status = status
  }
}
