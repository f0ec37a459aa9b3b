import type { ControllerErrorCode } from '../errors.ts'

/** The thing behind a ServerlessService is of a kind whose pods we can't find. */
export class TargetUnsupportedError extends Error {
  readonly code = 'TARGET_UNSUPPORTED' satisfies ControllerErrorCode

  constructor(kind: string, name: string) {
    super(
      `error retrieving deployment selector spec: objectRef is ${kind} "${name}", but it must be a Deployment`,
    )
    this.name = 'TargetUnsupportedError'
  }
}

/** An object that another controller makes is not there yet. */
export class DependencyMissingError extends Error {
  readonly code = 'DEPENDENCY_MISSING' satisfies ControllerErrorCode

  constructor(purpose: string, resource: string, name: string) {
    super(`${purpose}: ${resource} "${name}" not found`)
    this.name = 'DependencyMissingError'
  }
}
