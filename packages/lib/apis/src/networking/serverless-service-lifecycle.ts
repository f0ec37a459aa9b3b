import { ConditionSet } from '../conditions/condition-set.ts'
import type { ServerlessService } from './types.ts'

type Status = NonNullable<ServerlessService['status']>

export const serverlessServiceConditionReady = 'Ready'
/** The revision has pods that answer. */
export const serverlessServiceConditionEndpointsPopulated = 'EndpointsPopulated'
/** Requests to the revision go through the activator; informational. */
export const serverlessServiceConditionActivatorEndpointsPopulated = 'ActivatorEndpointsPopulated'

export const serverlessServiceConditions = new ConditionSet(serverlessServiceConditionReady, [
  serverlessServiceConditionEndpointsPopulated,
])

/** Why a ServerlessService's endpoints are not ready. */
export type EndpointsNotReadyReason =
  | 'CreatingPrivateService'
  | 'UpdatingPrivateService'
  | 'CreatingPublicService'
  | 'CreatingPublicEndpoints'
  | 'NoHealthyBackends'

const notReadyMessage = 'K8s Service is not ready'
const activatorReason = 'ActivatorEndpointsPopulated'
const activatorMessage = 'Revision is backed by Activator'

export function markEndpointsReady(status: Status): void {
  serverlessServiceConditions.markTrue(status, serverlessServiceConditionEndpointsPopulated)
}

export function markEndpointsNotReady(status: Status, reason: EndpointsNotReadyReason): void {
  serverlessServiceConditions.markUnknown(
    status,
    serverlessServiceConditionEndpointsPopulated,
    reason,
    notReadyMessage,
  )
}

/** A Service or Endpoints of the needed name belongs to something else. */
export function markEndpointsNotOwned(status: Status, kind: 'Service' | 'Endpoints', name: string): void {
  serverlessServiceConditions.markFalse(
    status,
    serverlessServiceConditionEndpointsPopulated,
    'NotOwned',
    `Resource ${name} of type ${kind} is not owned by SKS`,
  )
}

/** Requests go through the activator from now on. */
export function markActivatorEndpointsPopulated(status: Status): void {
  serverlessServiceConditions.markTrue(
    status,
    serverlessServiceConditionActivatorEndpointsPopulated,
    activatorReason,
    activatorMessage,
  )
}

/** Requests no longer go through the activator; upstream gives the same reason and message for both. */
export function markActivatorEndpointsRemoved(status: Status): void {
  serverlessServiceConditions.markFalse(
    status,
    serverlessServiceConditionActivatorEndpointsPopulated,
    activatorReason,
    activatorMessage,
  )
}
