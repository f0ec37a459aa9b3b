import {
  type Configuration,
  conditionOf,
  configurationConditions,
  goQuote,
  type Revision,
  revisionConditions,
} from '@knative-ts/apis'

/** Why a traffic target can't be served. */
export interface TrafficProblem {
  /** Whether something must change before it can; otherwise it is enough to wait. */
  readonly isFailure: boolean
  readonly reason: string
  readonly message: string
}

const failure = (reason: string, message: string): TrafficProblem => ({ isFailure: true, reason, message })

const unready = (isFailure: boolean, message: string): TrafficProblem => ({
  isFailure,
  reason: 'RevisionMissing',
  message,
})

/** The target does not exist. */
export function missingTarget(kind: 'Configuration' | 'Revision', name: string): TrafficProblem {
  return failure(`${kind}Missing`, `${kind} ${goQuote(name)} referenced in traffic not found.`)
}

/** The Configuration never had a ready revision. */
export function unreadyConfiguration(configuration: Configuration): TrafficProblem {
  const name = goQuote(configuration.metadata.name ?? '')
  return conditionOf(configuration.status, configurationConditions.happy)?.status === 'False'
    ? unready(true, `Configuration ${name} does not have any ready Revision.`)
    : unready(false, `Configuration ${name} is waiting for a Revision to become ready.`)
}

/** The Revision is not ready. */
export function unreadyRevision(revision: Revision): TrafficProblem {
  const name = goQuote(revision.metadata.name ?? '')
  return conditionOf(revision.status, revisionConditions.happy)?.status === 'False'
    ? unready(true, `Revision ${name} failed to become ready.`)
    : unready(false, `Revision ${name} is not yet ready.`)
}

/** A Service's Route may only use that Service's revisions. */
export function foreignRevision(
  revision: string,
  service: string,
  actual: string | undefined,
): TrafficProblem {
  const message = actual
    ? `Revision ${goQuote(revision)} belongs to Service ${goQuote(actual)}, not Service ${goQuote(service)}.`
    : `Revision ${goQuote(revision)} does not belong to Service ${goQuote(service)}.`
  return failure('RevisionNotOwned', message)
}
