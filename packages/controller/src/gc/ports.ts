import type { Configuration, Revision } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { GCConfig } from '@knative-ts/config'
import type { KubeClient, Lister } from '@knative-ts/kube'
import type { Logger } from '@knative-ts/observability'

/** What the garbage collector needs of the world; the Revisions carry the index by Configuration. */
export interface CollectorPorts {
  readonly client: Pick<KubeClient, 'delete'>
  readonly clock: Pick<Clock, 'now'>
  readonly logger: Logger
  readonly configurations: Pick<Lister<Configuration>, 'get'>
  readonly revisions: Pick<Lister<Revision>, 'byIndex'>
  /** `config-gc` as it is now. */
  policy(): GCConfig
}
