import type {
  DefaultsSettings,
  FeatureFlag,
  FeatureName,
  FeatureSettings,
  ResourceName,
  ResourceQuantities,
  SecurePodDefaults,
} from '@knative-ts/apis'

/** Parsed ConfigMaps. All are immutable; durations are milliseconds unless the name says otherwise. */

export interface AutoscalerConfig {
  readonly podAutoscalerClass: string
  readonly enableScaleToZero: boolean
  readonly allowZeroInitialScale: boolean
  /** A fraction in (0, 1]. */
  readonly containerConcurrencyTargetFraction: number
  readonly containerConcurrencyTargetDefault: number
  readonly rpsTargetDefault: number
  /** -1 means unlimited: the activator is always in the path. */
  readonly targetBurstCapacity: number
  readonly activatorCapacity: number
  readonly maxScaleUpRate: number
  readonly maxScaleDownRate: number
  readonly stableWindowMs: number
  readonly panicWindowPercentage: number
  readonly panicThresholdPercentage: number
  readonly scaleToZeroGracePeriodMs: number
  readonly scaleToZeroPodRetentionPeriodMs: number
  readonly scaleDownDelayMs: number
  readonly initialScale: number
  readonly minScale: number
  /** 0 means unlimited. */
  readonly maxScale: number
  /** 0 means none. */
  readonly maxScaleLimit: number
}

export type { ResourceName, ResourceQuantities }

export type DefaultsConfig = DefaultsSettings

/**
 * Input of a Go template, addressed as `.Field`. An object is a struct, and a field that it lacks is an error; a `Map` is a map,
 * whose missing keys are not; a function is a method.
 */
export type TemplateData = Readonly<Record<string, unknown>>

/** What the domain of a Route is made of. */
export type DomainTemplateData = Readonly<Record<'Name' | 'Namespace' | 'Domain', string>> &
  Readonly<Record<'Annotations' | 'Labels', ReadonlyMap<string, string>>>

/** What the host name of a tag is made of. */
export type TagTemplateData = Readonly<Record<'Name' | 'Tag', string>>

export type { FeatureFlag, FeatureName, SecurePodDefaults }
export type FeaturesConfig = FeatureSettings

export interface DeploymentConfig {
  readonly queueSidecarImage: string
  readonly progressDeadlineMs: number
  readonly digestResolutionTimeoutMs: number
  readonly registriesSkippingTagResolving: ReadonlySet<string>
  readonly queueSidecarRequests: ResourceQuantities
  readonly queueSidecarLimits: ResourceQuantities
  readonly queueSidecarTokenAudiences: readonly string[]
  readonly queueSidecarRootCA: string
  readonly queueSidecarTLSMinVersion: string
  readonly queueSidecarTLSMaxVersion: string
  readonly queueSidecarTLSCipherSuites: string
  readonly queueSidecarTLSCurvePreferences: string
  readonly defaultAffinityType: 'none' | 'prefer-spread-revision-over-nodes'
  readonly runtimeClassNames: Readonly<
    Record<string, { readonly selector: Readonly<Record<string, string>> }>
  >
  readonly podIsAlwaysSchedulable: boolean
}

export interface NetworkConfig {
  readonly ingressClass: string
  readonly certificateClass: string
  /** Renders a host. */
  readonly domainTemplate: (data: DomainTemplateData) => string
  /** Renders a tag's host name. */
  readonly tagTemplate: (data: TagTemplateData) => string
  readonly externalDomainTLS: boolean
  readonly clusterLocalDomainTLS: boolean
  readonly systemInternalTLS: boolean
  readonly httpProtocol: 'Enabled' | 'Disabled' | 'Redirected'
  readonly rolloutDurationSeconds: number
  readonly autocreateClusterDomainClaims: boolean
  readonly defaultExternalScheme: string
  /** YAML LabelSelector; undefined when off. */
  readonly namespaceWildcardCertSelector: unknown
  readonly enableMeshPodAddressability: boolean
  readonly meshCompatibilityMode: 'auto' | 'enabled' | 'disabled'
  readonly activatorQueue: ActivatorQueueConfig
}

/** How much of what waits for pods one activator holds. */
export interface ActivatorQueueConfig {
  /** Requests of all revisions together. */
  readonly maxRequests: number
  /** Memory for their heads and first bytes of body, all revisions together. */
  readonly maxBytes: number
  readonly maxRequestsPerRevision: number
  readonly maxBytesPerRevision: number
}

export interface DomainConfig {
  /** Domain → selector; an empty selector is a catch-all. */
  readonly domains: Readonly<
    Record<string, { readonly selector: Readonly<Record<string, string>>; readonly type: string }>
  >
  /** The base domain for a Route with these labels. */
  lookupDomain(labels: Readonly<Record<string, string>>): string
}

export interface GCConfig {
  /** Undefined when disabled. */
  readonly retainSinceCreateTimeMs: number | undefined
  readonly retainSinceLastActiveTimeMs: number | undefined
  readonly minNonActiveRevisions: number
  readonly maxNonActiveRevisions: number | undefined
}

export interface LeaderElectionConfig {
  readonly buckets: number
  readonly leaseDurationMs: number
  readonly renewDeadlineMs: number
  readonly retryPeriodMs: number
  readonly leasePrefixes: Readonly<Record<string, string>>
}

export interface LoggingConfig {
  /** Text of `zap-logger-config`, empty if unset. */
  readonly zapLoggerConfig: string
  /** Component → level. */
  readonly levels: Readonly<Record<string, string>>
}

export type MetricsProtocol = 'none' | 'prometheus' | 'http/protobuf' | 'grpc'
export type TracingProtocol = 'none' | 'stdout' | 'http/protobuf' | 'grpc'

export interface ExporterConfig<P extends string> {
  readonly protocol: P
  readonly endpoint: string
  /** Nanoseconds, as it travels to the queue-proxy; 0 means the exporter's default. */
  readonly exportIntervalNs: number
}

export interface ObservabilityConfig {
  readonly metrics: ExporterConfig<MetricsProtocol>
  readonly requestMetrics: ExporterConfig<MetricsProtocol>
  readonly tracing: {
    readonly protocol: TracingProtocol
    readonly endpoint: string
    readonly samplingRate: number
  }
  readonly runtime: { readonly profiling: boolean; readonly exportIntervalNs: number }
  readonly enableVarLogCollection: boolean
  readonly loggingURLTemplate: string
  readonly requestLogTemplate: string
  readonly enableRequestLog: boolean
  readonly enableProbeRequestLog: boolean
}

export interface IssuerRef {
  readonly group?: string
  readonly kind: string
  readonly name: string
}

export interface CertManagerConfig {
  readonly issuerRef: IssuerRef
  readonly clusterLocalIssuerRef: IssuerRef
  readonly systemInternalIssuerRef: IssuerRef
}
