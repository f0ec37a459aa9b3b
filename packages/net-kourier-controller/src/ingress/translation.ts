import type { PackedResource } from '@knative-ts/xds'
import type { SniMatch } from '../envoy/listeners.ts'

/** The route configurations that an Ingress's hosts can be part of. */
export type HostGroup = 'external' | 'internal' | 'externalTLS' | 'internalTLS'

/** What one Ingress contributes to the gateways, encoded. */
export interface Translation {
  /** `namespace/name` of the Ingress. */
  readonly key: string
  /** Every host it claims. */
  readonly hosts: readonly string[]
  readonly clusters: readonly PackedResource[]
  /** Encoded virtual hosts. */
  readonly virtualHosts: Readonly<Record<HostGroup, readonly Uint8Array[]>>
  readonly externalSni: readonly SniMatch[]
  readonly internalSni: readonly SniMatch[]
}
