import type { ObjectMeta } from '../meta.ts'

export type ResourceName = 'cpu' | 'memory' | 'ephemeral-storage'
export type ResourceQuantities = Readonly<Partial<Record<ResourceName, string>>>

export type FeatureFlag = 'Enabled' | 'Allowed' | 'Disabled'
export type SecurePodDefaults = 'Disabled' | 'AllowRootBounded' | 'Enabled'

export type FeatureName =
  | 'multi-container'
  | 'multi-container-probing'
  | 'autodetect-http2'
  | 'tag-header-based-routing'
  | 'queueproxy.mount-podinfo'
  | 'queueproxy.resource-defaults'
  | 'kubernetes.containerspec-addcapabilities'
  | `kubernetes.podspec-${
      | 'affinity'
      | 'topologyspreadconstraints'
      | 'hostaliases'
      | 'nodeselector'
      | 'tolerations'
      | 'fieldref'
      | 'runtimeclassname'
      | 'dnspolicy'
      | 'dnsconfig'
      | 'securitycontext'
      | 'shareprocessnamespace'
      | 'hostipc'
      | 'hostpid'
      | 'hostnetwork'
      | 'priorityclassname'
      | 'schedulername'
      | 'init-containers'
      | 'persistent-volume-claim'
      | 'persistent-volume-write'
      | 'volumes-emptydir'
      | 'volumes-hostpath'
      | 'volumes-csi'
      | 'volumes-ephemeral'
      | 'volumes-image'
      | 'volumes-mount-propagation'}`

/** Parsed `config-features`. */
export interface FeatureSettings {
  readonly flags: Readonly<Record<FeatureName, FeatureFlag>>
  readonly securePodDefaults: SecurePodDefaults
}

/** Parsed `config-defaults`. */
export interface DefaultsSettings {
  readonly revisionTimeoutSeconds: number
  readonly maxRevisionTimeoutSeconds: number
  readonly revisionResponseStartTimeoutSeconds: number
  readonly revisionIdleTimeoutSeconds: number
  readonly revisionRequests: ResourceQuantities
  readonly revisionLimits: ResourceQuantities
  readonly containerConcurrency: number
  readonly containerConcurrencyMaxLimit: number
  readonly allowContainerConcurrencyZero: boolean
  /** Undefined leaves the field unset. */
  readonly enableServiceLinks: boolean | undefined
  /** Name of a container, from the parent's metadata. */
  readonly containerName: (parent: ObjectMeta) => string
  readonly initContainerName: (parent: ObjectMeta) => string
}

/** What defaulting and validation read of `config-autoscaler`. */
export interface AutoscalerSettings {
  readonly podAutoscalerClass: string
  readonly allowZeroInitialScale: boolean
  /** 0 means none. */
  readonly maxScaleLimit: number
}

/** The parts of the system's configuration that decide what an object may say. */
export interface ApiSettings {
  readonly defaults: DefaultsSettings
  readonly features: FeatureSettings
  readonly autoscaler: AutoscalerSettings
}
