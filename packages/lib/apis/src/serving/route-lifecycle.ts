import type { Condition } from '../conditions/condition.ts'
import { ConditionSet } from '../conditions/condition-set.ts'
import { goQuote } from '../syntax/go-quote.ts'
import type { RouteStatus } from './types.ts'

export const routeConditionAllTrafficAssigned = 'AllTrafficAssigned'
export const routeConditionIngressReady = 'IngressReady'
export const routeConditionCertificateProvisioned = 'CertificateProvisioned'

/** A Route is ready when every target resolves, its Ingress works and its certificates exist. */
export const routeConditions = new ConditionSet('Ready', [
  routeConditionAllTrafficAssigned,
  routeConditionIngressReady,
  routeConditionCertificateProvisioned,
])

/** Every traffic target was resolved to revisions that are ready. */
export function markTrafficAssigned(status: RouteStatus): void {
  routeConditions.markTrue(status, routeConditionAllTrafficAssigned)
}

/** A target cannot be served and waiting alone will not help. */
export function markTrafficFailed(status: RouteStatus, reason: string, message: string): void {
  routeConditions.markFalse(status, routeConditionAllTrafficAssigned, reason, message)
}

/** A target cannot be served yet. */
export function markTrafficPending(status: RouteStatus, reason: string, message: string): void {
  routeConditions.markUnknown(status, routeConditionAllTrafficAssigned, reason, message)
}

/** The Ingress does not reflect this Route yet. */
export function markIngressNotConfigured(status: RouteStatus): void {
  routeConditions.markUnknown(
    status,
    routeConditionIngressReady,
    'IngressNotConfigured',
    'Ingress has not yet been reconciled.',
  )
}

/** Traffic is still moving to the latest revision, a step at a time. */
export function markIngressRolloutInProgress(status: RouteStatus): void {
  routeConditions.markUnknown(
    status,
    routeConditionIngressReady,
    'RolloutInProgress',
    'A gradual rollout of the latest revision(s) is in progress.',
  )
}

/** A placeholder of the name we need belongs to someone else. */
export function markPlaceholderNotOwned(
  status: RouteStatus,
  kind: 'Service' | 'Endpoint',
  name: string,
): void {
  routeConditions.markFalse(
    status,
    routeConditionIngressReady,
    'NotOwned',
    `There is an existing placeholder ${kind} ${goQuote(name)} that we do not own.`,
  )
}

/** Takes over the Ready condition of an up-to-date Ingress. */
export function propagateIngressReady(status: RouteStatus, ready: Condition | undefined): void {
  if (ready) routeConditions.propagate(status, routeConditionIngressReady, ready)
  else markIngressNotConfigured(status)
}

/** Why a Route goes without a certificate. */
export type TLSNotEnabledText = 'external-domain-tls is not enabled' | 'TLS is not enabled for cluster-local'

/** No certificate is wanted. */
export function markTLSNotEnabled(status: RouteStatus, why: TLSNotEnabledText): void {
  routeConditions.markTrue(status, routeConditionCertificateProvisioned, 'TLSNotEnabled', why)
}

/** The certificate is there. */
export function markCertificateReady(status: RouteStatus): void {
  routeConditions.markTrue(status, routeConditionCertificateProvisioned)
}

/** The certificate is not there yet, and plain HTTP is served meanwhile. */
export function markHTTPDowngrade(status: RouteStatus, certificate: string): void {
  routeConditions.markTrue(
    status,
    routeConditionCertificateProvisioned,
    'HTTPDowngrade',
    `Certificate ${certificate} is not ready downgrade HTTP.`,
  )
}

/** The certificate is not there yet. */
export function markCertificateNotReady(status: RouteStatus, certificate: string, reason: string): void {
  routeConditions.markUnknown(
    status,
    routeConditionCertificateProvisioned,
    'CertificateNotReady',
    `Certificate ${certificate} is not ready: ${reason}`,
  )
}

/** The certificate could not be obtained. */
export function markCertificateProvisionFailed(
  status: RouteStatus,
  certificate: string,
  reason: string,
): void {
  routeConditions.markFalse(
    status,
    routeConditionCertificateProvisioned,
    'CertificateProvisionFailed',
    `Certificate ${certificate} fails to be provisioned: ${reason}`,
  )
}

/** A certificate of the name we need belongs to someone else. */
export function markCertificateNotOwned(status: RouteStatus, certificate: string): void {
  routeConditions.markFalse(
    status,
    routeConditionCertificateProvisioned,
    'CertificateNotOwned',
    `There is an existing certificate ${certificate} that we don't own.`,
  )
}
