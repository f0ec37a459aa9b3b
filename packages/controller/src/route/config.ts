import type { ControllerConfig } from '../dependencies.ts'

/** What one reconcile of a Route reads of the configuration. */
export type RouteConfig = Pick<ControllerConfig, 'network' | 'domain' | 'features'> & {
  readonly clusterDomain: string
}
