import type { ProtocolType } from '../autoscaling/types.ts'
import type { V1Container } from '../core/types.ts'

/** Whether this container takes the requests: it is the only one, or the one with ports. */
export function isServingContainer(container: V1Container, all: readonly V1Container[]): boolean {
  return all.length === 1 || Boolean(container.ports?.length)
}

/** The container that takes the requests. */
export function servingContainer(containers: readonly V1Container[]): V1Container | undefined {
  return containers.length === 1 ? containers[0] : containers.find((container) => container.ports?.length)
}

/** The protocol that the serving container speaks: h2c if any of its ports is so named. */
export function applicationProtocol(containers: readonly V1Container[]): ProtocolType {
  const h2c = containers.some((container) => container.ports?.some((port) => port.name === 'h2c'))
  return h2c ? 'h2c' : 'http1'
}
