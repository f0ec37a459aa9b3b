/** Every error this package throws itself, by its stable code. */
export type ControllerErrorCode =
  | 'NOT_OWNED'
  | 'CREATE_FAILED'
  | 'NAME_TAKEN'
  | 'DOMAIN_INVALID'
  | 'INGRESS_INVALID'
  | 'ENVIRONMENT_INVALID'
  | 'SIDECAR_PROBE_PORT'
  | 'CERTIFICATE_PENDING'
  | 'IMAGE_UNRESOLVED'
  | 'IMAGE_REFERENCE'
  | 'REGISTRY_ANSWER'
  | 'TARGET_UNSUPPORTED'
  | 'DEPENDENCY_MISSING'

/** An object of the name we need exists and is controlled by another object. */
export class NotOwnedError extends Error {
  readonly code = 'NOT_OWNED' satisfies ControllerErrorCode

  /** @param kind kinds as users know them, e.g. `service` and `configuration` */
  constructor(ownerKind: string, owner: string, kind: string, name: string) {
    super(`${ownerKind}: "${owner}" does not own ${kind}: "${name}"`)
    this.name = 'NotOwnedError'
  }
}

/** An owned object could not be created. */
export class CreateFailedError extends Error {
  readonly code = 'CREATE_FAILED' satisfies ControllerErrorCode

  constructor(kind: string, cause: unknown) {
    super(`failed to create ${kind}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.name = 'CreateFailedError'
  }
}

/** A revision of the wanted name exists and is not the one we would make. */
export class NameTakenError extends Error {
  readonly code = 'NAME_TAKEN' satisfies ControllerErrorCode

  constructor(revision: string) {
    super(`revisions.serving.knative.dev "${revision}" already exists`)
    this.name = 'NameTakenError'
  }
}

/** The templates of config-network and the Route do not yield a host name. */
export class DomainInvalidError extends Error {
  readonly code = 'DOMAIN_INVALID' satisfies ControllerErrorCode

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'DomainInvalidError'
  }
}

/** An annotation of the Route cannot be turned into an Ingress. */
export class IngressInvalidError extends Error {
  readonly code = 'INGRESS_INVALID' satisfies ControllerErrorCode

  constructor(message: string) {
    super(message)
    this.name = 'IngressInvalidError'
  }
}

/** A variable or flag that this process was started with cannot be used. */
export class EnvironmentInvalidError extends Error {
  readonly code = 'ENVIRONMENT_INVALID' satisfies ControllerErrorCode

  constructor(message: string) {
    super(message)
    this.name = 'EnvironmentInvalidError'
  }
}
