import { ConditionSet } from '../conditions/condition-set.ts'
import { goQuote } from '../syntax/go-quote.ts'
import type { ConfigurationStatus } from './types.ts'

export const configurationConditionReady = 'Ready'

/** A Configuration has no dependents: Ready says how its latest revision fares. */
export const configurationConditions = new ConditionSet(configurationConditionReady, [])

/** Reason of a Configuration whose latest revision failed or could not be made. */
export const revisionFailedReason = 'RevisionFailed'

/** Remembers the newest revision; Ready waits for it unless it is the ready one already. */
export function setLatestCreatedRevisionName(status: ConfigurationStatus, name: string): void {
  status.latestCreatedRevisionName = name
  if (status.latestReadyRevisionName !== name) {
    configurationConditions.markUnknown(status, configurationConditionReady)
  }
}

/** Remembers the newest ready revision; Ready is True if nothing newer was created. */
export function setLatestReadyRevisionName(status: ConfigurationStatus, name: string): void {
  status.latestReadyRevisionName = name
  if (status.latestCreatedRevisionName === name) {
    configurationConditions.markTrue(status, configurationConditionReady)
  }
}

/** The newest revision exists and failed, for the reason in `message`. */
export function markLatestCreatedFailed(status: ConfigurationStatus, name: string, message: string): void {
  configurationConditions.markFalse(
    status,
    configurationConditionReady,
    revisionFailedReason,
    `Revision ${goQuote(name)} failed with message: ${message}.`,
  )
}

/** The newest revision could not be created. */
export function markRevisionCreationFailed(status: ConfigurationStatus, message: string): void {
  configurationConditions.markFalse(
    status,
    configurationConditionReady,
    revisionFailedReason,
    `Revision creation failed with message: ${message}.`,
  )
}
