import { parseBool } from '@knative-ts/apis'
import { MigrateError, messageOf, migrateErrorCodes } from './errors.ts'

export type Env = Readonly<Record<string, string | undefined>>

/** A variable that must be set. @throws MigrateError naming it */
export function requiredVariable(env: Env, name: string): string {
  const value = env[name]
  if (!value) {
    throw new MigrateError(
      migrateErrorCodes.envMissing,
      `environment variable ${name} is not set; set it in the Job`,
    )
  }
  return value
}

/** A variable that is true or false in one of Go's spellings; unset or empty means false. @throws MigrateError naming it */
export function booleanVariable(env: Env, name: string): boolean {
  const text = env[name]
  if (!text) return false
  try {
    return parseBool(text)
  } catch (error) {
    throw new MigrateError(
      migrateErrorCodes.envInvalid,
      `environment variable ${name} must be true or false: ${messageOf(error)}`,
      { cause: error },
    )
  }
}
