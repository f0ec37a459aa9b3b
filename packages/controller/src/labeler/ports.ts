import type { Configuration, Revision } from '@knative-ts/apis'
import type { Clock } from '@knative-ts/clock'
import type { KubeClient, Lister } from '@knative-ts/kube'
import type { Tracker } from '@knative-ts/reconciler'

/** What the labeler needs of the world; the listers carry the index of `routes-index.ts`. */
export interface LabelerPorts {
  readonly client: Pick<KubeClient, 'patch'>
  readonly clock: Pick<Clock, 'now'>
  readonly tracker: Pick<Tracker, 'track'>
  readonly revisions: Pick<Lister<Revision>, 'get' | 'byIndex'>
  readonly configurations: Pick<Lister<Configuration>, 'get' | 'byIndex'>
}
