import type { Clock } from '@knative-ts/clock'
import type {
  AutoscalerConfig,
  DefaultsConfig,
  DeploymentConfig,
  DomainConfig,
  FeaturesConfig,
  GCConfig,
  LoggingConfig,
  NetworkConfig,
  ObservabilityConfig,
} from '@knative-ts/config'
import type { EventRecorder, InformerFactory, KubeClient } from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'
import type { Controller, Leadership } from '@knative-ts/reconciler'

/** Every ConfigMap that a reconciler of this process reads, parsed. Each reconcile takes one snapshot. */
export interface ControllerConfig {
  readonly autoscaler: AutoscalerConfig
  readonly defaults: DefaultsConfig
  readonly deployment: DeploymentConfig
  readonly domain: DomainConfig
  readonly features: FeaturesConfig
  readonly gc: GCConfig
  readonly logging: LoggingConfig
  readonly network: NetworkConfig
  readonly observability: ObservabilityConfig
}

/** The live configuration: what holds now, and word of what changes. */
export interface ConfigView {
  snapshot(): ControllerConfig
  onChange(listener: (changed: keyof ControllerConfig) => void): () => void
}

/** What `main.ts` hands to every reconciler's factory. */
export interface ControllerDependencies {
  readonly client: KubeClient
  readonly informers: InformerFactory
  readonly clock: Clock
  readonly logger: Logger
  readonly config: ConfigView
  /** Competes for the named reconciler's buckets; `resync` is called whenever one is won. */
  leadershipFor(reconcilerName: string, resync: () => void): Leadership
  /** The recorder of one event source, e.g. `route-controller`. */
  eventsFor(component: string): EventRecorder
  readonly systemNamespace: string
  readonly clusterDomain: string
  /** Deadline of one reconcile. */
  readonly reconcileTimeoutMs: number
  /** Parallel workers of each reconciler. */
  readonly workers: number
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Wires one reconciler to its informers; `main.ts` runs what it returns. */
export type ControllerFactory = (deps: ControllerDependencies) => Controller
