import { type LoadBalancerStatus, serviceHostname } from '@knative-ts/apis'

export const publicGatewayService = 'kourier'
export const privateGatewayService = 'kourier-internal'
export const gatewayPodSelector = 'app=3scale-kourier-gateway'

/** Cluster-internal names of the gateways. */
export interface LoadBalancers {
  readonly public: LoadBalancerStatus
  readonly private: LoadBalancerStatus
}

/** @param domain the cluster's DNS domain */
export function gatewayLoadBalancers(namespace: string, domain: string): LoadBalancers {
  const at = (service: string) => ({
    ingress: [{ domainInternal: serviceHostname(service, namespace, domain) }],
  })
  return { public: at(publicGatewayService), private: at(privateGatewayService) }
}
