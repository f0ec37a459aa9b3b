import type { ControllerConfig } from '../dependencies.ts'

/** The ConfigMaps that shape a revision's objects, as one immutable snapshot. */
export type RevisionConfig = Pick<
  ControllerConfig,
  'autoscaler' | 'defaults' | 'deployment' | 'features' | 'logging' | 'network' | 'observability'
>

/** Facts about the installation that every pod is told. */
export interface Installation {
  readonly systemNamespace: string
  /** `host:port` at which the autoscaler takes gRPC statistics. */
  readonly autoscalerStatsAddress: string
}
