/** Who a request comes from, as admission webhooks are told. */
export interface UserInfo {
  readonly username: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

export type FieldValidation = 'Ignore' | 'Strict' | 'Warn'

/** What all writes have in common. */
export interface WriteOptions {
  readonly user: UserInfo
  readonly dryRun: boolean
  /** Whom changed fields are ascribed to. */
  readonly manager: string
  readonly fieldValidation: FieldValidation
  /** Warnings for the client, appended to as they arise. */
  readonly warnings: string[]
}

/** The parts of `DeleteOptions` that are acted upon. */
export interface DeleteOptions {
  readonly gracePeriodSeconds: number | undefined
  readonly propagationPolicy: 'Background' | 'Foreground' | 'Orphan' | undefined
  readonly uid: string | undefined
  readonly resourceVersion: string | undefined
}

/** The server's own hand, for deletions that follow from others. */
export const systemUser: UserInfo = {
  username: 'system:apiserver',
  groups: ['system:masters', 'system:authenticated'],
}

/** Options for writes that the server makes by itself. */
export function systemWrite(manager: string): WriteOptions {
  return { user: systemUser, dryRun: false, manager, fieldValidation: 'Ignore', warnings: [] }
}
