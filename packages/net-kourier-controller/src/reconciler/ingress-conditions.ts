import { ConditionSet, type Ingress, type LoadBalancerStatus } from '@knative-ts/apis'

type Status = NonNullable<Ingress['status']>

export const networkConfigured = 'NetworkConfigured'
export const loadBalancerReady = 'LoadBalancerReady'
export const domainConflictReason = 'DomainConflict'

/** An Ingress is ready when gateways were told of it and answer for it. */
export const ingressConditions = new ConditionSet('Ready', [networkConfigured, loadBalancerReady])

/** The gateways' configuration was brought up to date. */
export function markNetworkConfigured(status: Status): void {
  ingressConditions.markTrue(status, networkConfigured)
}

/** Something went wrong that a later attempt may mend. */
export function markReconcileFailed(status: Status, message: string): void {
  ingressConditions.markUnknown(status, ingressConditions.happy, 'ReconcileIngressFailed', message)
}

/** Another Ingress holds a host of this one. */
export function markDomainConflict(status: Status): void {
  ingressConditions.markFalse(
    status,
    loadBalancerReady,
    domainConflictReason,
    'Ingress rejected: ingress has a conflicting domain with another ingress',
  )
}

/** The gateways do not serve this version yet. */
export function markLoadBalancerPending(status: Status): void {
  ingressConditions.markUnknown(
    status,
    loadBalancerReady,
    'Uninitialized',
    'Waiting for load balancer to be ready',
  )
}

/** Every gateway serves this version; the names are where to reach them. */
export function markLoadBalancerReady(
  status: Status,
  publicLoadBalancer: LoadBalancerStatus,
  privateLoadBalancer: LoadBalancerStatus,
): void {
  ingressConditions.markTrue(status, loadBalancerReady)
  status.publicLoadBalancer = publicLoadBalancer
  status.privateLoadBalancer = privateLoadBalancer
}
