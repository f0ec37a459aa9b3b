import type { Revision } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { EventRecorder, KubeClient, Lister } from '@knative-ts/kube'

/** What the Configuration reconciler needs of the world. */
export interface ConfigurationPorts {
  readonly client: KubeClient
  readonly clock: Pick<Clock, 'now'>
  readonly events: EventRecorder
  readonly revisions: Pick<Lister<Revision>, 'get' | 'byIndex'>
}
