export {
  ActivatorStatsClient,
  type ActivatorStatsClientOptions,
  type RevisionLoad,
} from './activator-stats-client.ts'
export { Backoff } from './backoff.ts'
export { StatsError, type StatsErrorCode, statsErrorCodes } from './errors.ts'
export { Stat, WireStatMessage, WireStatMessages } from './gen/metrics.ts'
export type { PodChange, Readiness } from './gen/stats.ts'
export { PodStatsClient, type PodStatsClientOptions } from './pod-stats-client.ts'
