import { ApiError, invalid } from '../errors.ts'
import { invalidValue } from '../meta/field-error.ts'
import { asRecord, asString, type KubeObject } from '../meta/kube-object.ts'
import type { ResourceKind } from '../resources/resource-kind.ts'
import type { Store } from '../storage/store.ts'

const prefix = '127.96.'
const capacity = 65_534
const nodePortBase = 30_000
const nodePortCount = 2768

/**
 * Gives Services their cluster addresses (127.96.0.0/16, chosen by a hash of the name so that a Service that comes back gets its
 * address back if that is free) and node ports.
 */
export class AddressAllocator {
  readonly #store: Store
  readonly #taken = new Map<string, string>()

  constructor(store: Store) {
    this.#store = store
    for (const service of store.list('services')) this.#track(service, true)
    store.subscribe(({ resource, object, previous, type }) => {
      if (resource !== 'services') return
      if (previous) this.#track(previous, false)
      if (type !== 'DELETED') this.#track(object, true)
    })
  }

  /** Sets what the Service lacks, in place. Throws 422 if it asks for an address that another has. */
  allocate(kind: ResourceKind, service: KubeObject): void {
    const spec = asRecord(service['spec'])
    if (spec['type'] === 'ExternalName') return
    const owner = ownerOf(service)
    const wanted = asString(spec['clusterIP'])
    if (!wanted) spec['clusterIP'] = this.#freeAddress(owner)
    else if (wanted !== 'None' && (this.#taken.get(wanted) ?? owner) !== owner) {
      throw invalid(kind, service.metadata.name ?? '', [
        invalidValue('spec.clusterIPs', [wanted], 'failed to allocate IP: provided IP is already allocated'),
      ])
    }
    spec['clusterIPs'] = [spec['clusterIP']]
    const nodePorts =
      spec['type'] === 'NodePort' ||
      (spec['type'] === 'LoadBalancer' && spec['allocateLoadBalancerNodePorts'] !== false)
    if (nodePorts && Array.isArray(spec['ports'])) this.#setNodePorts(spec['ports'].map(asRecord))
  }

  #setNodePorts(ports: readonly Record<string, unknown>[]): void {
    const used = new Set<unknown>(ports.map((port) => port['nodePort']))
    for (const service of this.#store.list('services')) {
      const list = asRecord(service['spec'])['ports']
      if (Array.isArray(list)) for (const port of list) used.add(asRecord(port)['nodePort'])
    }
    let next = nodePortBase
    for (const port of ports) {
      if (port['nodePort']) continue
      while (used.has(next)) next++
      if (next >= nodePortBase + nodePortCount)
        throw new ApiError(500, 'InternalError', 'no node port is free')
      port['nodePort'] = next
      used.add(next)
    }
  }

  #freeAddress(owner: string): string {
    let at = hash(owner) % capacity
    for (let tries = 0; tries < capacity; tries++) {
      const number = at + 1
      const address = `${prefix}${number >> 8}.${number & 255}`
      const holder = this.#taken.get(address)
      if (holder === undefined) return address
      at = (at + 1) % capacity
    }
    throw new ApiError(500, 'InternalError', 'failed to allocate IP: range is full')
  }

  #track(service: KubeObject, taken: boolean): void {
    const address = asString(asRecord(service['spec'])['clusterIP'])
    if (!address || address === 'None') return
    if (taken) this.#taken.set(address, ownerOf(service))
    else if (this.#taken.get(address) === ownerOf(service)) this.#taken.delete(address)
  }
}

function ownerOf(service: KubeObject): string {
  return `${service.metadata.namespace}/${service.metadata.name}`
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0
  return value
}
