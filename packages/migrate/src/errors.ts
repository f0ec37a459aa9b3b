/** Every code that an error of this package carries. */
export const migrateErrorCodes = {
  /** The command line names no job, or not as it should. */
  usage: 'MIGRATE_USAGE',
  envMissing: 'MIGRATE_ENV_MISSING',
  envInvalid: 'MIGRATE_ENV_INVALID',
  /** A definition that stores no version. */
  noStorageVersion: 'MIGRATE_NO_STORAGE_VERSION',
  /** Some objects, or whole kinds, were not rewritten. */
  incomplete: 'MIGRATE_INCOMPLETE',
  leftoversRemain: 'MIGRATE_LEFTOVERS_REMAIN',
  timeout: 'MIGRATE_TIMEOUT',
  unresolvable: 'MIGRATE_UNRESOLVABLE',
  gatewayUnknown: 'MIGRATE_GATEWAY_UNKNOWN',
} as const

export type MigrateErrorCode = (typeof migrateErrorCodes)[keyof typeof migrateErrorCodes]

/** An error of a job; `code` says which. */
export class MigrateError extends Error {
  readonly code: MigrateErrorCode

  constructor(code: MigrateErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MigrateError'
    this.code = code
  }
}

/** Message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
