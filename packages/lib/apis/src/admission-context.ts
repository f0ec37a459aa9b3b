import type { ApiSettings } from './serving/settings.ts'

/** What defaulting depends on besides the object itself. */
export interface DefaultingContext extends ApiSettings {
  /** The admission operation; absent when defaults are applied in memory only, as reconcilers do. */
  readonly operation?: 'create' | 'update'
  /** Who asked; only then are the creator and last-modifier annotations kept. */
  readonly username?: string
}

/** What validation depends on besides the object itself. */
export interface ValidationContext extends ApiSettings {
  readonly operation: 'create' | 'update'
  /** `status` when the request writes the status subresource. */
  readonly subresource?: string
  /** DNS domain of the cluster, e.g. `cluster.local`. */
  readonly clusterDomain: string
}
