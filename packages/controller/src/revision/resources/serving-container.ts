import {
  applicationProtocol,
  backendHTTP2Port,
  backendHTTPPort,
  defaultUserPort,
  type RevisionSpec,
  servingContainer,
  type V1Container,
} from '@knative-ts/apis'

/** The container that requests go to; the first one of a spec that admission would not have let through. */
export function servingContainerOf(spec: RevisionSpec): V1Container | undefined {
  return servingContainer(spec.containers) ?? spec.containers[0]
}

/** The port on which the user's server listens. */
export function userPortOf(spec: RevisionSpec): number {
  return servingContainerOf(spec)?.ports?.[0]?.containerPort ?? defaultUserPort
}

/** The cleartext port on which the queue-proxy takes requests. */
export function queueServingPortOf(spec: RevisionSpec): number {
  return applicationProtocol(spec.containers) === 'h2c' ? backendHTTP2Port : backendHTTPPort
}
